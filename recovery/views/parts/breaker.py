"""Parts of a breaker's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recovery.queries.breaker.chart import SHORTEST, SPANS, chart
from recovery.queries.breaker.checks import checks
from recovery.queries.breaker.config import config
from recovery.queries.breaker.errors import errors
from recovery.queries.breaker.head import head
from recovery.queries.breaker.history import history
from recovery.queries.breaker.live import live
from recovery.queries.breaker.processes import processes
from recovery.queries.breaker.which import Which, by_id
from recovery.views.watching import beating

from .made import Made, Part, found, whole_number


def _by_id(template: str, name: str, read: Callable[[int], Any]) -> Part:
    """A part that is read by the breaker's id."""

    def made(rest: str) -> Made:
        return f"recovery/breaker/{template}.html", {name: found(read(whole_number(rest)), f"{template}:{rest}")}

    return made


def _of_which(template: str, name: str, read: Callable[[Which], Any]) -> Part:
    """A part that is read by the breaker's names."""

    def made(rest: str) -> Made:
        which = found(by_id(whole_number(rest)), f"{template}:{rest}")
        return f"recovery/breaker/{template}.html", {"which": which, name: read(which)}

    return made


def _chart(rest: str) -> Made:
    key, _, span = rest.partition(":")
    drawn = found(chart(whole_number(key), span or SHORTEST), f"breaker-chart:{rest}")
    return "recovery/breaker/chart.html", {"chart": drawn, "spans": SPANS.values()}


def _live(rest: str) -> Made:
    which = found(by_id(whole_number(rest)), f"breaker-live:{rest}")
    return "recovery/breaker/live.html", {"live": found(live(which.id, beating(which)), f"breaker-live:{rest}")}


def _head(rest: str) -> Made:
    which = found(by_id(whole_number(rest)), f"breaker:{rest}")
    return "recovery/breaker/head.html", {"head": found(head(which.id, beating(which)), f"breaker:{rest}")}


def _facts(rest: str) -> Made:
    context = _head(rest)[1] | _live(rest)[1]
    return "recovery/breaker/facts.html", context


def _history(rest: str) -> Made:
    key, _, before = rest.partition(":")
    which = found(by_id(whole_number(key)), f"breaker-history:{rest}")
    return "recovery/breaker/history.html", {"which": which, "history": history(which, before)}


PARTS: dict[str, Part] = {
    "breaker": _head,
    "breaker-live": _live,
    "breaker-facts": _facts,
    "breaker-machine": _by_id("machine", "config", config),
    "breaker-policy": _by_id("policy", "config", config),
    "breaker-chart": _chart,
    "breaker-processes": _of_which("processes", "processes", lambda which: processes(which, beating(which))),
    "breaker-history": _history,
    "breaker-checks": _by_id("checks", "checks", checks),
    "breaker-errors": _of_which("errors", "errors", errors),
}
