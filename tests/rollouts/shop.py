"""A service as somebody writes it: it calls an upstream again and again, and tries again when that says 500."""

from __future__ import annotations

import signal
import sys
import threading
import urllib.request
from contextlib import suppress

import recovery

over = threading.Event()
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
EVERY = 0.05  # s


def main(url: str) -> None:
    """Until it shall end."""
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=over.set).start())
    recovery.connect()

    @recovery.retry(name="shop.fetch", max_attempts=4, base_delay=0.01, max_delay=0.02, on=OSError)
    def fetch() -> bytes:
        with direct.open(url, timeout=5) as answer:
            return bytes(answer.read())

    while not over.wait(EVERY):
        with suppress(OSError):
            fetch()


if __name__ == "__main__":
    main(*sys.argv[1:])
