"""A real service process: `python -m tests.bench.console.service '{…}'`, its breakers called at a steady, quiet rate.

It obeys lines: `connect`, `rest N` (say what the process costs in so many seconds), `calls` (say what a call costs).
When its input ends it tells when its breakers came to which state.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any

import recovery
from recovery import CircuitBreaker
from tests.bench.console.resources import rss

ROUNDS, CALLS = 41, 20_000


class Service:
    """One."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        names = [f"{plan['service']}.call-{number:02}" for number in range(plan["breakers"])]
        self.breakers = [CircuitBreaker(5, 60.0, name=name) for name in names]
        self.changed: list[tuple[str, str, float]] = []
        for breaker in self.breakers:
            breaker.on_event(self._heard)
        threading.Thread(target=self._call, daemon=True).start()

    def _heard(self, event: Any) -> None:
        self.changed.append((str(event.breaker), str(event.after), time.monotonic()))

    def _call(self) -> None:
        """Every breaker twice a second."""
        while True:
            for breaker in self.breakers:
                try:
                    breaker.call(int)
                except recovery.CircuitBreakerOpenError:
                    continue
            time.sleep(0.5)

    def connect(self) -> dict[str, float]:
        """Link; what that adds to the process's memory (MB) once it has settled."""
        before = rss(os.getpid())
        client = recovery.connect(self._plan["url"], self._plan["token"])
        while client.status().state != "linked":
            time.sleep(0.01)
        time.sleep(2)
        return {"added": rss(os.getpid()) - before, "rss": rss(os.getpid())}

    def rest(self, seconds: float) -> dict[str, float]:
        """Share of a core in %, and what memory grew by, over so many seconds."""
        cpu, memory = time.process_time(), rss(os.getpid())
        time.sleep(seconds)
        return {"cpu": 100 * (time.process_time() - cpu) / seconds, "grown": rss(os.getpid()) - memory}

    def calls(self) -> dict[str, float]:
        """ns of a protected call that does nothing: the quickest round, so that neighbours do not count."""
        call, best = self.breakers[0].call, float("inf")
        for _ in range(ROUNDS):
            began = time.perf_counter_ns()
            for _ in range(CALLS):
                call(int)
            best = min(best, (time.perf_counter_ns() - began) / CALLS)
        return {"ns": best}


def main(plan: dict[str, Any]) -> None:
    """Obey until the input ends."""
    service = Service(plan)
    print("ready", flush=True)
    for line in sys.stdin:
        verb, *words = line.split()
        print(f"{verb} {json.dumps(getattr(service, verb)(*map(float, words)))}", flush=True)
    print(json.dumps({"changed": service.changed}), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
