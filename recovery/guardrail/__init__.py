"""The guardrail: whether processes on a new policy do worse than those on the old one in the same minutes. Pure."""

from .judging import NO_WORSE, WAITS, WORSE, Finding, Verdict, chance_of, judge
from .limits import RANGES, Limits
from .sides import Side

__all__ = ["NO_WORSE", "RANGES", "WAITS", "WORSE", "Finding", "Limits", "Side", "Verdict", "chance_of", "judge"]
