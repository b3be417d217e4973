"""One look at a target."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recovery.engine.clock import SYSTEM_CLOCK

from . import http
from .addresses import Networks
from .connecting import Unreachable, closed, connected
from .targets import BadTarget, tcp_target

if TYPE_CHECKING:
    from recovery.engine.clock import Clock

MOST_TEXT = 300


@dataclass(frozen=True)
class ProbeResult:
    """What a probe found. ``latency_ms`` None: there was no answer."""

    healthy: bool
    text: str
    latency_ms: float | None = None


async def probe(
    kind: str,
    target: str,
    *,
    within: float,
    allowed: Networks = (),
    clock: Clock = SYSTEM_CLOCK,
) -> ProbeResult:
    """Look once, for at most ``within`` seconds in all. Only cancellation is raised."""
    began = clock.monotonic()
    try:
        async with asyncio.timeout(within):
            healthy, text = await (http.look(target, allowed) if kind == "http" else _tcp(target, allowed))
    except TimeoutError:
        return ProbeResult(healthy=False, text=f"no answer within {within:g} s")
    except (Unreachable, BadTarget) as problem:
        return ProbeResult(healthy=False, text=str(problem)[:MOST_TEXT])
    except OSError as problem:
        return ProbeResult(healthy=False, text=(problem.strerror or type(problem).__name__)[:MOST_TEXT])
    except Exception as problem:
        return ProbeResult(healthy=False, text=f"{type(problem).__name__}: {problem}"[:MOST_TEXT])
    return ProbeResult(healthy, text[:MOST_TEXT], round((clock.monotonic() - began) * 1000, 3))


async def _tcp(target: str, allowed: Networks) -> tuple[bool, str]:
    host, port = tcp_target(target)
    _, writer = await connected(host, port, allowed)
    await closed(writer)
    return True, "connected"
