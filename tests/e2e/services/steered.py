"""A service with a breaker and a retried operation, to be steered by policies.

``steered.py URL`` calls the upstream twenty times a second. ``steered.py URL older``: its engine is older, and does not
know the field ``half_open_max_wait``. On SIGTERM it ends properly.
"""

from __future__ import annotations

import signal
import sys
import threading
import urllib.request
from contextlib import suppress

import recovery
from recovery import BreakerConfig, RetryConfig

over = threading.Event()
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def forget(name: str) -> None:
    """Make the engine one that never had this field of a breaker."""
    usual = BreakerConfig._defaults.pop(name)
    del BreakerConfig.FIELDS[name]
    BreakerConfig._fields = tuple(each for each in BreakerConfig._fields if each != name)
    setattr(BreakerConfig, name, usual)


def work(url: str) -> None:
    """Call it again and again."""

    @recovery.circuit_breaker(name="shop.pay", config=BreakerConfig(failure_threshold=3, recovery_timeout=1.0))
    def pay() -> bytes:
        with direct.open(url, timeout=5) as answer:
            return bytes(answer.read())

    @recovery.retry(name="shop.fetch", config=RetryConfig(max_attempts=2, base_delay=0.05), reporter=None)
    def fetch() -> bytes:
        return pay()

    while not over.wait(0.05):
        with suppress(OSError, recovery.CircuitBreakerOpenError):
            fetch()


def main(url: str, engine: str = "") -> None:
    """Until it shall end."""
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=over.set).start())
    if engine == "older":
        forget("half_open_max_wait")
    recovery.connect()
    threading.Thread(target=work, args=(url,), daemon=True).start()
    while not over.wait(0.2):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
