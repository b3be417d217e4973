"""Slices → 10 s → minute → hour → day: additive, recomputable, fixed cost per run. And pruning.

Each slot is added up twice: soon after it is over, so that charts are fresh, and again for good when whoever is a
little late has reported (``FINAL_SECONDS``). What comes later still marks its minutes dirty; they are added up again.
Totals in slices are cumulative, so a slice's own share is what is left after the process's previous totals are taken
away; those are in the slice before, or further back in a keyframe. In whatever order it came: the rows are the same.
"""

from .pruning import prune
from .running import run

__all__ = ["prune", "run"]
