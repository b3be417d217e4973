"""A scale that ends at a round number."""

from __future__ import annotations

import math

STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def ceiling(value: float) -> float:
    """The next round number that is not below the value; 1 for nothing."""
    if value <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(step * size for step in STEPS if step * size >= value * (1 - 1e-9))
