"""Our engine, as a service would use it. Imported late: without an engine its rows say that it is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

NAME = "recovery"


def counting() -> Decorator:
    """What the peers do: count consecutive failures."""
    from recovery.engine import circuit_breaker

    return circuit_breaker(name="bench.counting")


def never_opening() -> Decorator:
    """A threshold that no run reaches."""
    from recovery.engine import circuit_breaker

    return circuit_breaker(name="bench.failing", failure_threshold=10**9)


def opening_at_once() -> Decorator:
    """The first failure opens it for an hour."""
    from recovery.engine import circuit_breaker

    return circuit_breaker(name="bench.open", failure_threshold=1, reset_timeout=3600)


def with_clocks() -> Decorator:
    """Clocks, histogram and slow calls: what no peer has by default."""
    from recovery.engine import BreakerConfig, circuit_breaker

    return circuit_breaker(name="bench.clocks", config=BreakerConfig(slow_call_rate=50, slow_call_duration=1.0))


@contextmanager
def measuring() -> Iterator[None]:
    """Durations are measured, as they are while a console is linked."""
    try:
        from recovery.engine import registry
    except ImportError:  # the row says so, the peers are measured all the same
        yield
        return
    registry.measure(True)
    try:
        yield
    finally:
        registry.measure(False)


def retrying() -> Decorator:
    """Three attempts, no delay, no reporter."""
    from recovery import retry

    return retry(max_attempts=3, base_delay=0.0, jitter=False, reporter=None)  # type: ignore[no-any-return,unused-ignore]


def stacked() -> Decorator:
    """A breaker over a retry."""
    breaker, retry = counting(), retrying()
    return lambda function: breaker(retry(function))
