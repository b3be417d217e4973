"""A service with a breaker and an operation that a process reported."""

from __future__ import annotations

import pytest

from recovery import moment
from recovery.models import Breaker, Operation, Service
from recovery.testing import FakeClock


@pytest.fixture
def clock() -> object:
    """A clock that stands still."""
    with moment.using(FakeClock(1e9)) as clock:
        yield clock


@pytest.fixture
def service(transactional_db: None, clock: FakeClock) -> Service:
    """With `bank`, and `fetch`, which is retried."""
    at = moment.now()
    made = Service.objects.create(name="shop", created_at=at)
    code = {"failure_threshold": 5, "recovery_timeout": 60.0}
    Breaker.objects.create(service=made, name="bank", state="CLOSED", first_seen_at=at, code_config=code)
    retry = {"max_attempts": 3, "base_delay": 1.0, "max_delay": 300.0}
    Operation.objects.create(service=made, name="fetch", first_seen_at=at, code_config=retry)
    return made
