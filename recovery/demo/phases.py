"""The outage's timetable: how long the server is well, slow, failing, gone and well again, and what goes with that."""

from __future__ import annotations

from dataclasses import dataclass

WELL, SLOW, FAILING, REFUSING = "well", "slow", "failing", "refusing"

# What each phase means, in the words that the view uses.
SAID = {
    WELL: "well",
    SLOW: "slow",
    FAILING: "failing with 500s",
    REFUSING: "refusing connections",
}

# Each phase's share of the whole; the last one is long enough for every breaker to find its way back.
_SHARES = ((WELL, 0.14), (SLOW, 0.20), (FAILING, 0.20), (REFUSING, 0.16), (WELL, 0.30))


@dataclass(frozen=True)
class Timetable:
    """One run: ``seconds`` in all, from ``seed``. Waits are shares of it too: a short run tells the same story."""

    seconds: float
    seed: int

    @property
    def phases(self) -> list[tuple[str, float]]:
        """Each phase with its length in seconds."""
        return [(phase, share * self.seconds) for phase, share in _SHARES]

    @property
    def recovery_timeout(self) -> float:
        """How long a breaker stays open before its first probe (s)."""
        return round(min(self.seconds / 20, 5.0), 2)

    @property
    def cell(self) -> float:
        """How much time one bar of a sparkline stands for (s)."""
        return max(0.4, self.seconds / 80)
