"""A recording that ends now, in the database of whoever runs this: ``manage.py shell -c`` of a test's console."""

from __future__ import annotations

from datetime import UTC, datetime

from recovery import moment
from recovery.engine import BreakerConfig
from tests import factories as make
from tests.replay.kept import keep
from tests.replay.recorded import Life

FAKE_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def recent(seconds: int = 3000, processes: int = 2) -> None:
    """Breaker ``shop.pay`` of ``shop`` in so many processes, up to half a minute ago."""
    begun = (moment.now() - FAKE_EPOCH).total_seconds() - seconds - 30
    service = make.service("shop")
    for seed in range(1, processes + 1):
        config = BreakerConfig(failure_threshold=3, recovery_timeout=20)
        life = Life(config, seed, rate=2, mood_seconds=200, name="shop.pay", phase=begun)
        keep(life.live(seconds), service, f"web-{seed}")
