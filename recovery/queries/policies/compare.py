"""Two revisions of one target beside each other; revision 0 is the code alone."""

from __future__ import annotations

from dataclasses import dataclass

from .one import Revision, revision
from .values import Change, changes
from .which import Target, published

MOST = 50  # revisions to choose from


@dataclass(frozen=True, slots=True)
class Both:
    """The one, the other, and what differs."""

    a: Revision | None  # None: the code alone
    b: Revision | None
    changes: tuple[Change, ...]
    revisions: tuple[int, ...]  # the newest, to choose others

    @property
    def told(self) -> tuple[Revision, ...]:
        """Those of the two that somebody published."""
        return tuple(each for each in (self.a, self.b) if each is not None)


def compare(target: Target, a: int, b: int) -> Both | None:
    """Five queries; None: it has no such revision."""
    one, other = (revision(target, number) if number else None for number in (a, b))
    if (a and one is None) or (b and other is None):
        return None
    differs = changes(target.kind, one.fields if one else None, other.fields if other else None)
    known = published(target).values_list("revision", flat=True)[:MOST]
    return Both(one, other, differs, tuple(known))


def newest_two(target: Target) -> tuple[int, int]:
    """The last one and the one before it. One query."""
    found = [*published(target).values_list("revision", flat=True)[:2], 0, 0]
    return found[1], found[0]
