"""Real breakers brought into each state, and watched."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from recovery.demo.board import Board, Change
from recovery.demo.figures import Watch
from recovery.demo.paint import Brush
from recovery.demo.view import lines
from recovery.engine import BreakerConfig, BreakerState, CircuitBreaker, CircuitBreakerOpenError

BLACK = Brush(colours=False, unicode=True)
COLOURED = Brush(colours=True, unicode=True)


def fails() -> None:
    """A call that fails."""
    raise TimeoutError("timed out after 2 s")


def call(breaker: CircuitBreaker, times: int = 1, function: Callable[[], object] = dict) -> None:
    """Call through the breaker, whatever comes of it."""
    for _ in range(times):
        with suppress(TimeoutError, CircuitBreakerOpenError):
            breaker.call(function)


def closed(name: str = "catalogue.search", **fields: Any) -> CircuitBreaker:
    """A new breaker: three failures open it."""
    return CircuitBreaker(name=name, config=BreakerConfig(failure_threshold=3, **fields))


def opened(name: str = "catalogue.search") -> CircuitBreaker:
    """Open for a minute, after three failures."""
    breaker = closed(name)
    call(breaker, 3, fails)
    return breaker


def probing(name: str = "catalogue.search") -> CircuitBreaker:
    """Half-open, one of two probes done."""
    breaker = closed(name, half_open_successes=2)
    call(breaker, 3, fails)
    breaker.probe()
    call(breaker)
    return breaker


def tripped(name: str = "catalogue.search") -> CircuitBreaker:
    """Held open for half an hour."""
    breaker = closed(name)
    breaker.trip(1800, reason="maintenance", actor="ana")
    return breaker


def disabled(name: str = "catalogue.search") -> CircuitBreaker:
    """Out of order until released."""
    breaker = closed(name)
    breaker.disable(reason="being replaced")
    return breaker


def observing(name: str = "catalogue.search") -> CircuitBreaker:
    """Only watching."""
    breaker = closed(name)
    breaker.observe()
    return breaker


STATES = {
    BreakerState.CLOSED: closed,
    BreakerState.OPEN: opened,
    BreakerState.HALF_OPEN: probing,
    BreakerState.FORCED_OPEN: tripped,
    BreakerState.DISABLED: disabled,
    BreakerState.METRICS_ONLY: observing,
}


def board(*breakers: CircuitBreaker, phase: str = "failing") -> Board:
    """What the view gets of breakers as they are."""
    watches = [Watch(breaker, cell=0.5, at=0.0) for breaker in breakers]
    for watch in watches:
        watch.look(1.0)
    changes = [Change(0.5, breaker.name or "", made) for breaker in breakers for made in breaker.snapshot().transitions]
    return Board(watches, [Change(0.0, "server", phase=phase), *changes], 14.2, 40.0, 0.5, phase)


def shown(what: Board, width: int = 120, height: int = 30, brush: Brush = BLACK) -> list[str]:
    """The lines as they are written."""
    return [brush.paint(line, width) for line in lines(what, width, height)]
