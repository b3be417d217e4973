"""Holds and scopes as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recovery.models.shares import SHARE

# What was done, by verb.
DONE = {
    "trip": "Tripped",
    "disable": "Disabled",
    "observe": "Set to metrics only",
    "release": "Released",
    "reset": "Reset",
    "probe": "Probe asked for",
}
ONE = {"version": "version", "host": "host", "process": "process"}
MANY = {"version": "versions", "host": "hosts", "process": "processes"}


def where(scope: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """A scope: nothing for all, "host web-1", "3 hosts". ``names``: of processes by their uid."""
    kind, values = scope.get("kind", "all"), scope.get("values", ())
    if kind == SHARE:
        return f"{values[0]} % of the processes"
    if kind not in ONE:
        return "" if kind == "all" else str(kind)
    if len(values) != 1:
        return f"{len(values)} {MANY[kind]}"
    return f"{ONE[kind]} {(names or {}).get(values[0], values[0])}"
