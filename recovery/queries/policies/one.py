"""One target: what is in force of it and where each value comes from, its newest change, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery.models import Policy
from recovery.queries.paging import page

from .values import Change, Value, changes, values, whole
from .which import Target, newest, published

SIZE = 20


@dataclass(frozen=True, slots=True)
class Revision:
    """One published policy, and what it changed."""

    revision: int
    fields: dict[str, Any] | None
    scope: dict[str, Any]
    actor: str
    reason: str
    at: datetime
    changes: tuple[Change, ...]

    @property
    def lifted(self) -> bool:
        """Whether it returned to the code's own."""
        return self.fields is None


@dataclass(frozen=True, slots=True)
class Present:
    """What is in force for all processes of a target."""

    target: Target
    values: tuple[Value, ...]
    revision: int  # 0: nothing was ever published
    fields: dict[str, Any] | None
    last: Revision | None

    @property
    def overridden(self) -> int:
        """How many fields the console put over the code's own."""
        return len(self.fields or {})


@dataclass(frozen=True, slots=True)
class History:
    """A page of revisions, the newest first."""

    rows: tuple[Revision, ...]
    older: str
    newer: str


def present(target: Target) -> Present:
    """Two queries."""
    last, before = _last_two(published(target).filter(scope={})[:2])
    fields = last.fields if last is not None else None
    force = whole(target.kind, target.code, fields)
    return Present(
        target=target,
        values=tuple(values(target.kind, force, target.code, fields or {})),
        revision=last.revision if last is not None else 0,
        fields=fields,
        last=_revision(target, last, before) if last is not None else None,
    )


def history(target: Target, before: str = "", after: str = "") -> History:
    """Two queries: a page, and what stood before its oldest."""
    found = page(published(target), "created_at", before=before, after=after, size=SIZE)
    rows: Sequence[Policy] = found.rows
    older = published(target).filter(revision__lt=rows[-1].revision).first() if rows else None
    pairs = zip(rows, [*rows[1:], older], strict=False)  # no rows: no pairs
    made = tuple(_revision(target, row, previous) for row, previous in pairs)
    return History(made, found.older, found.newer)


def revision(target: Target, number: int) -> Revision | None:
    """One revision of it, beside what stood before it. Two queries."""
    row = published(target).filter(revision=number).first()
    if row is None:
        return None
    return _revision(target, row, published(target).filter(revision__lt=number).first())


def base_of(target: Target, number: int) -> dict[str, Any] | None:
    """The fields of a revision that somebody edited; 0, or one that is not there: none."""
    row = published(target).filter(revision=number).first() if number else None
    return row.fields if row is not None else None


def _last_two(found: Any) -> tuple[Policy | None, Policy | None]:
    rows = [*found, None, None]
    return rows[0], rows[1]


def _revision(target: Target, row: Policy, previous: Policy | None) -> Revision:
    return Revision(
        revision=row.revision,
        fields=row.fields,
        scope=row.scope,
        actor=row.actor,
        reason=row.reason,
        at=row.created_at,
        changes=changes(target.kind, previous.fields if previous is not None else None, row.fields),
    )


__all__ = ["History", "Present", "Revision", "base_of", "history", "newest", "present", "revision"]
