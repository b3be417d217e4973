"""A service as somebody writes it: threads that call an upstream, each call under a breaker.

``shop.py URL name=seconds …``: a breaker of each name, whose call is made every so many seconds (0: never);
``name=seconds:wait`` says how long it stays open. A call that fails really failed: the upstream refused it, hung up, or
said 500. On SIGTERM it ends properly.
"""

from __future__ import annotations

import signal
import sys
import threading
import urllib.request
from contextlib import suppress

import recovery

over = threading.Event()
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def work(name: str, url: str, every: float, wait: float) -> None:
    """Call it again and again."""
    config = recovery.BreakerConfig(failure_threshold=3, recovery_timeout=wait, recovery_jitter=0.0)

    @recovery.circuit_breaker(name=name, config=config)
    def fetch() -> bytes:
        with direct.open(url, timeout=5) as answer:
            return bytes(answer.read())

    while not over.wait(every or None):
        with suppress(OSError, recovery.CircuitBreakerOpenError):
            fetch()


def main(url: str, *wanted: str) -> None:
    """One thread for each breaker, until it shall end."""
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=over.set).start())
    recovery.connect()
    for name, _, times in (each.partition("=") for each in wanted):
        every, _, wait = times.partition(":")
        threading.Thread(target=work, args=(name, url, float(every), float(wait or 2)), daemon=True).start()
    while not over.wait(0.2):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
