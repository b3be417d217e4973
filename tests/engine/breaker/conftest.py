"""A clock that stands still, and one breaker on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recovery.engine import BreakerConfig, CircuitBreaker
from recovery.testing import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves only when told."""
    return FakeClock(start=1000.0)


@pytest.fixture
def make(clock: FakeClock) -> Callable[..., CircuitBreaker]:
    """A breaker on the clock; config fields and the breaker's own arguments may be mixed."""

    def made(**values: Any) -> CircuitBreaker:
        fields = {name: values.pop(name) for name in list(values) if name in BreakerConfig.FIELDS}
        return CircuitBreaker(config=BreakerConfig(**fields), clock=clock, **values)

    return made
