"""What the audit is narrowed to: the URL is the filter."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from recovery.models import AuditEntry

YES = "yes"
SEARCHED = 50_000  # of the newest entries, for words


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Empty: everything."""

    who: str = ""
    act: str = ""
    service: str = ""
    environment: str = ""
    target: str = ""
    refused: str = ""  # yes: refusals only
    since: datetime | None = None
    until: datetime | None = None
    q: str = ""

    @property
    def query(self) -> str:
        """As the URL says it, without what is empty."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: _text(value) for name, value in given.items() if value})

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.query)


def _text(value: str | datetime) -> str:
    return f"{value:%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else value


def entries(narrowed: AuditFilter) -> QuerySet[AuditEntry]:
    """All that fit."""
    return AuditEntry.objects.filter(_fits(narrowed))


def folded(narrowed: AuditFilter) -> QuerySet[AuditEntry]:
    """All that fit, but what is part of an entry that fits as well: it is found under that one.

    No index finds words: they are looked for in the newest entries alone, so that a page costs the same after years.
    """
    if not narrowed.narrow:
        return AuditEntry.objects.filter(parent=None)
    above = AuditEntry.objects.filter(_fits(narrowed), pk=OuterRef("parent_id"))
    found = entries(narrowed).filter(Q(parent=None) | ~Exists(above))
    if narrowed.q:
        newest = AuditEntry.objects.order_by("-pk").values("pk")[:1]
        found = found.filter(pk__gt=Subquery(newest) - SEARCHED)
    return found


def _fits(narrowed: AuditFilter) -> Q:
    found = Q()
    for field, value in (
        ("actor", narrowed.who),
        ("act", narrowed.act),
        ("service__name", narrowed.service),
        ("service__environment", narrowed.environment),
        ("target", narrowed.target),
        ("at__gte", narrowed.since),
        ("at__lte", narrowed.until),
    ):
        if value:
            found &= Q(**{field: value})
    if narrowed.refused:
        found &= Q(refused=True)
    if narrowed.q:
        words = ("actor", "act", "target", "reason", "request_id")
        said = Q()
        for word in words:
            said |= Q(**{f"{word}__icontains": narrowed.q})
        found &= said
    return found
