"""A real service: its breaker flaps until it is told to stop; then it says what happened in it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import recovery
from recovery import CircuitBreaker


def main(url: str, token: str, transport: str, folder: str) -> None:
    client = recovery.connect(url, token, transport=transport)
    breaker = CircuitBreaker(2, 0.05, name="bank")
    stop, says, errors = Path(folder) / "stop", Path(folder) / "says", 0
    while not stop.exists():
        for number in range(8):
            try:
                breaker.call(_fails if number < 3 else _works)
            except ZeroDivisionError:
                errors += 1
            except recovery.CircuitBreakerOpenError:
                pass
        says.write_text(f"{breaker.state} {breaker.snapshot().sequence}")
        says.replace(Path(folder) / "state")  # whole, whenever somebody reads it
        time.sleep(0.03)
    told = {"transitions": breaker.snapshot().sequence, "errors": errors, "state": breaker.state.value}
    client.close(timeout=20)
    sys.stdout.write(json.dumps(told))


def _fails() -> None:
    raise ZeroDivisionError


def _works() -> None:
    """Fine."""


if __name__ == "__main__":
    main(*sys.argv[1:])
