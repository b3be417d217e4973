"""Parts of the rollouts' pages."""

from __future__ import annotations

from recovery.queries.rollouts.listed import running
from recovery.queries.rollouts.one import rollout, runs, told

from .made import Made, Part, found, whole_number


def _list(_: str) -> Made:
    return "recovery/rollouts/running.html", {"rollouts": running()}


def _one(name: str) -> Part:
    def made(rest: str) -> Made:
        shown = found(rollout(whole_number(rest)), f"rollout:{rest}")
        return f"recovery/rollouts/{name}.html", {"rollout": shown}

    return made


def _runs(rest: str) -> Made:
    return "recovery/rollouts/runs.html", {"who": found(runs(whole_number(rest)), f"rollout-runs:{rest}")}


def _told(rest: str) -> Made:
    key = found(rollout(whole_number(rest)), f"rollout-told:{rest}").id
    return "recovery/rollouts/told.html", {"key": key, "told": told(key)}


PARTS: dict[str, Part] = {
    "rollouts": _list,
    "rollout": _one("head"),
    "rollout-stages": _one("stages"),
    "rollout-figures": _one("figures"),
    "rollout-runs": _runs,
    "rollout-told": _told,
}
