"""What a simulated process says: totals that grow, errors of a few kinds, breakers that open and close."""

from __future__ import annotations

import random
import time
from typing import Any

from recovery import wire

KINDS = 8  # fingerprints of errors of one service
CONFIG: Any = {
    "failure_threshold": 5,
    "failure_rate": None,
    "window": "count",
    "window_size": 100,
    "recovery_timeout": 60.0,
    "half_open_permits": 1,
    "half_open_successes": 3,
}
TRACE = "Traceback (most recent call last):\n" + "".join(
    f'  File "/srv/app/upstream/client.py", line {80 + n}, in call_{n}\n    answer = await self.http.get(url)\n'
    for n in range(8)
)
NEXT: dict[str, Any] = {"CLOSED": "OPEN", "OPEN": "HALF-OPEN", "HALF-OPEN": "CLOSED"}
CAUSES = {"OPEN": "5 failures in a row", "HALF-OPEN": "waited 60 s", "CLOSED": "3 probes succeeded"}


class Reports:
    """Of one process."""

    def __init__(self, name: str, breakers: int) -> None:
        self._name = name
        self._started = time.time()
        self._names = [f"{name.partition('/')[0]}.call-{n:02}" for n in range(breakers)]
        self._states: dict[str, Any] = dict.fromkeys(self._names, "CLOSED")
        self._sequences = dict.fromkeys(self._names, 0)
        self._calls = dict.fromkeys(self._names, 0)
        self._failures = dict.fromkeys(self._names, 0)
        self._seq = 0

    def hello(self) -> wire.Hello:
        """Who it is."""
        now, host = time.time(), f"web-{self._name.rpartition('/')[2]}"
        return wire.Hello(
            process=self._name, protocol=wire.SPOKEN, clock=now, host=host, pid=4711, started=self._started,
            engine="bench", runtime="simulated", service_version="1.0",
        )  # fmt: skip

    def declare(self) -> wire.Declare:
        """Its breakers as they stand."""
        since = self._started
        return wire.Declare(
            breakers=tuple(
                wire.BreakerDeclared(
                    name=name, state=self._states[name], since=since, sequence=self._sequences[name], config=CONFIG
                )
                for name in self._names
            )
        )

    def slice(self, slot: int) -> wire.Slice:
        """A slot in which every breaker was called."""
        return wire.Slice(slot=slot, start=float(slot * 10), breakers=tuple(self._part(name) for name in self._names))

    def _part(self, name: str) -> wire.BreakerSlice:
        calls, failed = random.randint(20, 80), random.randint(0, 3)
        self._calls[name] += calls
        self._failures[name] += failed
        good = self._calls[name] - self._failures[name]
        latency = tuple((20 + n, max(1, good * share // 100)) for n, share in enumerate((5, 20, 40, 25, 8, 2)))
        tape = tuple((self._calls[name] - failed + n, 1000 * n, 1) for n in range(failed))
        return wire.BreakerSlice(
            name=name,
            state=self._states[name],
            successes=good,
            failures=self._failures[name],
            latency=latency,
            tape=tape,
        )

    def events(self, errors: int, changes: int, changed: list[tuple[str, str, float]]) -> wire.Events:
        """So many errors and transitions; ``changed`` learns of the latter."""
        made: list[wire.AnyEvent] = [self._error() for _ in range(errors)]
        made += [self._transition(changed) for _ in range(changes)]
        return wire.Events(events=tuple(made))

    def _error(self) -> wire.Error:
        self._seq += 1
        kind, operation = random.randrange(KINDS), random.choice(self._names)
        return wire.Error(
            seq=self._seq, at=time.time(), id=f"e{self._seq}", fingerprint=f"kind-{kind}", severity="high",
            title=f"TimeoutError in call {kind}", message=f"no answer from upstream {kind} within 2 s",
            exception_type="TimeoutError", operation=operation, category="transient", reason="timeout",
            context={"video_id": f"v{self._seq % 97}", "quality": "1080p"}, attempt=1, will_retry=True,
            suggested_actions=("Check network connectivity",), traceback=TRACE,
        )  # fmt: skip

    def _transition(self, changed: list[tuple[str, str, float]]) -> wire.Transition:
        self._seq += 1
        name = random.choice(self._names)
        before = self._states[name]
        after = self._states[name] = NEXT[before]
        self._sequences[name] += 1
        changed.append((name, after, time.monotonic()))
        return wire.Transition(
            seq=self._seq, at=time.time(), breaker=name, before=before, after=after, sequence=self._sequences[name],
            cause=CAUSES[after], evidence={"consecutive_failures": 5, "last_failure": "TimeoutError: timed out"},
        )  # fmt: skip
