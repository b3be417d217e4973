"""The command line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .phases import Timetable

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS, FAST, LEAST = 40.0, 8.0, 4.0


def timetable(arguments: Sequence[str] | None = None) -> Timetable:
    """What was asked for; ends the program where that makes no sense."""
    parser = argparse.ArgumentParser(
        prog="python -m recovery.demo",
        description="Circuit breakers living through a real outage: a local HTTP server turns slow, fails, refuses "
        "connections and recovers, while real clients keep calling it.",
    )
    parser.add_argument(
        "--seconds", type=_seconds, help=f"how long it lasts (default {SECONDS:.0f}, at least {LEAST:.0f})"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the calls' times and the server's moods (default 1)")
    parser.add_argument("--fast", action="store_true", help=f"shorter phases: {FAST:.0f} s in all")
    given = parser.parse_args(arguments)
    return Timetable(given.seconds or (FAST if given.fast else SECONDS), given.seed)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not LEAST <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"must be {LEAST:.0f} to 86,400 seconds, got {text}")
    return seconds
