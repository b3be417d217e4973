"""``python -m recovery.fleet``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Sequence

from .plan import SERVICES
from .supervisor import Fleet

LEAST_PACE = 0.02


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for; ends the program where that makes no sense."""
    parser = argparse.ArgumentParser(
        prog="python -m recovery.fleet",
        description="Real services that call a real upstream which fails now and then. They report to a console.",
    )
    parser.add_argument("--url", default="", help="of the console; without it the fleet reports to nobody")
    parser.add_argument(
        *("--token", "-t"), action="append", default=[], type=_token, metavar="SERVICE=TOKEN",
        help=f"one for each of {', '.join(SERVICES)}",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, help="of outages, mishaps and work: the same seed, the same outages")
    parser.add_argument("--pace", type=_pace, default=1.0, help="below 1 outages and waits go by faster (default 1)")
    given = parser.parse_args(arguments)
    if given.url and (missing := set(SERVICES) - {service for service, _ in given.token}):
        parser.error(f"--url needs a --token for {', '.join(sorted(missing))}")
    return given


def _token(text: str) -> tuple[str, str]:
    service, _, token = text.partition("=")
    if service not in SERVICES or not token:
        raise argparse.ArgumentTypeError(f"must be SERVICE=TOKEN, of {', '.join(SERVICES)}")
    return service, token


def _pace(text: str) -> float:
    pace = float(text)
    if not LEAST_PACE <= pace <= 100:
        raise argparse.ArgumentTypeError(f"must be {LEAST_PACE} to 100, got {text}")
    return pace


async def run(given: argparse.Namespace) -> None:
    """Until Ctrl-C."""
    over, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    fleet = Fleet(given.url, dict(given.token), seed=given.seed, pace=given.pace, output=sys.stdout.fileno())
    starting = asyncio.create_task(fleet.start())
    ending = asyncio.create_task(over.wait())
    await asyncio.wait((starting, ending), return_when=asyncio.FIRST_COMPLETED)
    try:
        if starting.done():
            await starting
            await ending
    finally:
        starting.cancel()
        ending.cancel()
        await asyncio.gather(starting, ending, return_exceptions=True)
        await fleet.stop()


def main() -> int:
    """Run it; 0 when it was ended, 1 when it could not start."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s fleet %(levelname)s %(message)s")
    try:
        asyncio.run(run(options()))
    except OSError as error:
        sys.stderr.write(f"the fleet cannot run: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
