"""Parts of the health pages."""

from __future__ import annotations

from recovery.queries import health

from .made import Made, Part, found, whole_number


def _list(_: str) -> Made:
    return "recovery/health/list.html", {"checks": health.checks(), "work": health.work()}


def _one(rest: str) -> Made:
    return "recovery/health/standing.html", {"check": found(health.check(whole_number(rest)), f"check:{rest}")}


PARTS: dict[str, Part] = {"checks": _list, "check": _one}
