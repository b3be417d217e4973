"""How each live part of a page is made: a template and what it needs, from the rest of its key."""

from __future__ import annotations

from . import acts, board, breaker, errors, health, policies, rollouts, services
from .made import Made, NoFragment, Part

PARTS: dict[str, Part] = {
    **board.PARTS,
    **breaker.PARTS,
    **services.PARTS,
    **errors.PARTS,
    **health.PARTS,
    **policies.PARTS,
    **rollouts.PARTS,
    **acts.PARTS,
}

__all__ = ["PARTS", "Made", "NoFragment", "Part"]
