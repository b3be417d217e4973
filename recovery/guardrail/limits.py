"""What counts as worse, and how many calls are enough to judge."""

from __future__ import annotations

from dataclasses import dataclass

# Lowest and highest legal value of each.
RANGES: dict[str, tuple[float, float]] = {
    "least_calls": (20, 1_000_000),
    "alpha": (0.0001, 0.2),
    "margin": (0.0, 50.0),
    "slower": (1.1, 100.0),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """``alpha``: the chance that a stage goes back though nothing is worse. The rest is what difference matters."""

    least_calls: int = 200  # on each side
    alpha: float = 0.01
    margin: float = 1.0  # percentage points of failed calls; less is let pass, however sure
    slower: float = 1.5  # times the old p95
