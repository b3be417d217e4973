"""One revision per service: what every hold, policy and command takes, in the transaction that writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F

from recovery.live.hints import hint_on_commit
from recovery.models import Breaker, Service
from recovery.models.fields import NAME, TEXT
from recovery.moment import now

from .problems import Invalid, UnknownBreaker

SCOPES = ("all", "version", "host", "process")
MOST_VALUES = 500
LONGEST_HOLD = timedelta(days=366)


def next_revision(service: Service) -> int:
    """Take the next one. Others wait for this transaction; the links are told when it is committed."""
    Service.objects.filter(pk=service.pk).update(revision=F("revision") + 1)
    revision: int = Service.objects.values_list("revision", flat=True).get(pk=service.pk)
    hint_on_commit("desired", service.pk, revision)
    return revision


def breaker_of(service: Service, name: str) -> Breaker:
    """The breaker; nothing is ever made by asking. Raises UnknownBreaker."""
    found = Breaker.objects.filter(service=service, name=name).first()
    if found is None:
        raise UnknownBreaker(name)
    return found


def together(*checks: Callable[[], Any]) -> list[Any]:
    """The results of several checks; what they object to is said at once. Raises Invalid."""
    results: list[Any] = []
    problems: dict[str, str] = {}
    for check in checks:
        try:
            results.append(check())
        except Invalid as wrong:
            problems |= wrong.problems
    if problems:
        raise Invalid(problems)
    return results


def scope_checked(scope: Mapping[str, Any] | None) -> dict[str, Any]:
    """``{}`` for all, else ``{"kind": …, "values": […]}``. Raises Invalid."""
    kind = (scope or {}).get("kind", "all")
    if kind not in SCOPES:
        raise Invalid({"scope": f"scope must be one of {', '.join(SCOPES)}, got {kind!r}"})
    if kind == "all":
        return {}
    given: Iterable[Any] = (scope or {}).get("values") or ()
    values = sorted({str(value) for value in given})
    if not 1 <= len(values) <= MOST_VALUES or any(not 1 <= len(value) <= NAME or "\0" in value for value in values):
        raise Invalid({"scope": f"scope must name 1 to {MOST_VALUES} values of 1 to {NAME} characters"})
    return {"kind": kind, "values": values}


def reason_checked(reason: str, *, required: bool) -> str:
    """Without space around it. Raises Invalid."""
    reason = reason.strip()
    if required and not reason:
        raise Invalid({"reason": "a reason is needed: others will ask why"})
    if "\0" in reason:  # PostgreSQL keeps no such text
        raise Invalid({"reason": "reason must not have a NUL character"})
    if len(reason) > TEXT:
        raise Invalid({"reason": f"reason must be at most {TEXT} characters, got {len(reason)}"})
    return reason


def end_checked(seconds: float | None, until: datetime | None) -> datetime | None:
    """When a hold ends: a duration or a moment in the future; None: when it is released. Raises Invalid."""
    at = now()
    if seconds is not None and until is not None:
        raise Invalid({"until": "give a duration or an end, not both"})
    if seconds is not None:
        if not 0 < seconds <= LONGEST_HOLD.total_seconds():
            raise Invalid({"seconds": f"seconds must be above 0 and at most a year, got {seconds:g}"})
        return at + timedelta(seconds=seconds)
    if until is None:
        return None
    if until.tzinfo is None or not at < until <= at + LONGEST_HOLD:
        raise Invalid({"until": f"until must be an aware moment in the future, at most a year away, got {until}"})
    return until.astimezone(UTC)  # as everything else is told
