"""The pytest plugin's fixtures; ``recovery.testing`` is the plugin (entry point ``pytest11``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .clock import FakeClock


@pytest.fixture
def recovery_clock() -> FakeClock:
    """A :class:`~recovery.testing.FakeClock` at 0.0, to hand to whatever takes ``clock=``."""
    from .clock import FakeClock

    return FakeClock()


@pytest.fixture
def recovery_no_delays() -> Iterator[None]:
    """Retries do not sleep while the test runs."""
    from recovery.engine.pause import NoDelays

    with NoDelays():
        yield


@pytest.fixture
def recovery_force() -> Iterator[Callable[[Any, Any], None]]:
    """``force(breaker, state)``; the breakers forced are reset when the test ends."""
    from .states import force

    forced: list[Any] = []

    def force_for_this_test(breaker: Any, state: Any) -> None:
        forced.append(breaker)
        force(breaker, state)

    yield force_for_this_test
    for breaker in forced:
        force(breaker, "CLOSED")


@pytest.fixture
def recovery_drain() -> Callable[..., bool]:
    """``drain()``: wait until listeners and sinks have been told everything."""
    from recovery.engine.dispatch import drain

    return drain
