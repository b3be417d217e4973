"""What a breaker remembers of periods that are over: totals, latencies, transitions, recoveries. Made at first need."""

from __future__ import annotations

from collections import deque

from .events import Transition

RING = 256  # transitions kept
TAPE = 512  # failures and slow calls kept until somebody takes them
COUNTERS = ("successes", "failures", "ignored", "slow", "refused", "fallbacks")


class History:
    """Sums over dead periods, and the ring of transitions."""

    __slots__ = (
        "hist", "opened", "openings", "recovered", "recovered_last", "recovered_sum", "ring", "sequence", "totals",
    )  # fmt: skip

    def __init__(self) -> None:
        self.totals = dict.fromkeys(COUNTERS, 0)
        self.hist: list[int] | None = None
        self.ring: deque[Transition] = deque(maxlen=RING)
        self.sequence = 0
        self.openings = 0  # in a row, by itself; what growth goes by
        self.opened: int | None = None  # when the present outage began (ns)
        self.recovered = 0
        self.recovered_sum = 0
        self.recovered_last: int | None = None

    def retire(self, counts: tuple[int, ...], hist: list[int] | None) -> None:
        """Add the counters (in the order of COUNTERS) and the histogram of a period that just ended."""
        for name, count in zip(COUNTERS, counts, strict=True):
            self.totals[name] += count
        if hist is not None:
            past = self.hist or [0] * len(hist)  # never the period's own list: late calls still write to that
            self.hist = [a + b for a, b in zip(past, hist, strict=True)]

    def recover(self, at: int) -> None:
        """Probes closed the breaker: the outage that began at ``opened`` is over."""
        if self.opened is not None:
            self.recovered += 1
            self.recovered_last = max(0, at - self.opened)
            self.recovered_sum += self.recovered_last
        self.settle()

    def settle(self) -> None:
        """Closed again, however: growth starts anew."""
        self.openings = 0
        self.opened = None

    def after(self, cursor: int) -> tuple[list[Transition], int, int]:
        """Transitions with a sequence above ``cursor``; the next cursor; how many the bounded ring has lost by now."""
        found = [t for t in self.ring if t.sequence > cursor]
        missed = (found[0].sequence if found else self.sequence + 1) - cursor - 1
        return found, self.sequence, max(0, missed)
