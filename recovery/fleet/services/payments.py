"""Payments: threads that charge, and ask whether a charge went through."""

from __future__ import annotations

from recovery import BreakerConfig, RetryBudget, circuit_breaker, retry

from .calls import call, is_missing
from .process import Process
from .settings import seconds, upstream
from .work import Work, join

PROVIDER = upstream("provider")

budget = RetryBudget(ratio=0.1, reserve=0.2)  # the provider counts our calls

# When the provider says how long to leave it alone, it is left alone for that long. Without a word from it money waits
# patiently: the console's check of the provider brings this breaker back earlier.
charging = BreakerConfig(failure_threshold=4, recovery_timeout=seconds(60), open_on_retry_after=True)
asking = BreakerConfig(failure_rate=60, window_size=20, recovery_timeout=seconds(6), half_open_successes=2)


@circuit_breaker(name="payments.charge", service_name="payments", config=charging, ignore=is_missing)
@retry(name="payments.charge", service_name="payments", budget=budget, max_attempts=2, base_delay=0.2)
def charge(order: int) -> bytes:
    """Take the money."""
    return call(f"{PROVIDER}/charges/{order}", method="POST")


@circuit_breaker(name="payments.status", service_name="payments", config=asking, ignore=is_missing)
@retry(
    name="payments.status", service_name="payments", budget=budget, strategy="adaptive", max_attempts=3, base_delay=0.1
)
def status(order: int) -> bytes:
    """Did it go through?"""
    return call(f"{PROVIDER}/status/{order}", timeout=0.7)


def main(process: Process) -> None:
    """Until it shall end."""
    threads = [
        *Work("charge", rate=1.0, workers=2).start_threads(charge, process),
        *Work("status", rate=1.5, workers=2).start_threads(status, process),
    ]
    process.over.wait()
    join(threads)


if __name__ == "__main__":
    this = Process()
    this.begin()
    main(this)
