"""How far the rollup got: kept in its job's row, so that any worker goes on where the last one stopped."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields

from django.db import transaction

from recovery.models import DirtyMinute, Job

NAME = "rollup"


class LeaseLost(Exception):
    """Another worker has taken the job over."""


@dataclass
class Progress:
    """``slot``: the first one that is not added up for good. The lists: starts of spans to be added up again."""

    slot: int = 0
    dirty: list[int] = field(default_factory=list)
    hours: list[int] = field(default_factory=list)
    days: list[int] = field(default_factory=list)

    @classmethod
    def load(cls) -> Progress:
        """As it stands."""
        cursor = Job.objects.filter(pk=NAME).values_list("cursor", flat=True).first() or {}
        return cls(**{each.name: cursor[each.name] for each in fields(cls) if each.name in cursor})

    def save(self, owner: str) -> None:
        """Only whoever has the job may say how far it got."""
        if not Job.objects.filter(pk=NAME, owner=owner).update(cursor=asdict(self)):
            raise LeaseLost("the rollup was taken over by another worker")

    @transaction.atomic
    def take_dirty(self, owner: str, before: int, most: int) -> None:
        """Take over dirty minutes that end before a moment. Whatever is marked from now on is marked anew."""
        rows = DirtyMinute.objects.filter(at__lte=before - 60).order_by("at")[:most]
        found = list(rows.values_list("pk", "at"))
        if found:
            DirtyMinute.objects.filter(pk__in=[key for key, _ in found]).delete()
            self.dirty = sorted({*self.dirty, *(at for _, at in found)})
            self.save(owner)
