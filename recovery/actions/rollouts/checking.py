"""What a rollout may be asked for: its stages and its guardrail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Literal

from recovery.actions.problems import Invalid
from recovery.guardrail import RANGES, Limits

ONE: Literal["one"] = "one"
ALL = 100.0
PERCENT = (1.0, 99.0)
SECONDS = (10, 7 * 86_400)
MOST_STAGES = 5


@dataclass(frozen=True, slots=True)
class Stage:
    """``share``: one process, or % of those linked; ``seconds``: how long at least before the next."""

    share: Literal["one"] | float
    seconds: int


STAGES = (Stage(ONE, 300), Stage(10.0, 600))


def stages_checked(stages: Sequence[Stage]) -> list[dict[str, Any]]:
    """As they are kept, all processes as the last. Raises Invalid with every problem at once."""
    problems = {}
    if not 1 <= len(stages) <= MOST_STAGES:
        problems["stages"] = f"a rollout has 1 to {MOST_STAGES} stages before all, got {len(stages)}"
    before = 0.0
    for number, stage in enumerate(stages, 1):
        name = f"stage {number}"
        if stage.share == ONE:
            if number > 1:
                problems[name] = "one process can only be the first stage"
        elif not _within(stage.share, PERCENT):
            problems[name] = f"a share must be {PERCENT[0]:g} to {PERCENT[1]:g} %, got {stage.share}"
        elif stage.share <= before:
            problems[name] = f"a share must be larger than the one before it ({before:g} %), got {stage.share:g} %"
        else:
            before = stage.share
        if not _within(stage.seconds, SECONDS):
            problems.setdefault(name, f"a stage lasts {SECONDS[0]} s to 7 days, got {stage.seconds} s")
    if problems:
        raise Invalid(problems)
    return [*(asdict(stage) for stage in stages), {"share": ALL, "seconds": 0}]


def guardrail_checked(guardrail: Mapping[str, Any] | None) -> dict[str, Any]:
    """The limits as they are kept. Raises Invalid with every problem at once."""
    given = dict(guardrail or {})
    problems = {name: f"a guardrail has no {name}" for name in given if name not in RANGES}
    for name, (low, high) in RANGES.items():
        if name in given and not _within(given[name], (low, high)):
            problems[name] = f"{name} must be {low:g} to {high:g}, got {given[name]}"
    if problems:
        raise Invalid(problems)
    if "least_calls" in given:
        given["least_calls"] = int(given["least_calls"])
    return asdict(Limits(**given))


def _within(value: Any, bounds: tuple[float, float]) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and isfinite(value) and bounds[0] <= value <= bounds[1]
