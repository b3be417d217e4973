"""Whether a process is linked, cut off, or gone. They are different silences, and the pages say which."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from recovery.models import LinkInterval

# Who was cut off longer, without a word, counts as gone: nothing of it is left in a row's quarter of an hour.
# One whose place another has taken is gone sooner (`recovery.ingest.places`).
CUT_OFF_FOR = timedelta(minutes=15)

LINKED, CUT_OFF, GONE = "linked", "cut-off", "gone"


def is_linked(process: str = "pk") -> Exists:
    """A link of this process is open now; `process` names its key in the outer query."""
    return Exists(LinkInterval.objects.filter(process=OuterRef(process), ended_at=None))


def recent(now: datetime, path: str = "") -> Q:
    """Processes that are linked or were cut off a short while ago; `path` leads to the process."""
    return Q(**{f"{path}heard_at__gt": now - CUT_OFF_FOR, f"{path}left_at": None})


def silence(*, linked: bool, left_at: datetime | None, heard_at: datetime, now: datetime) -> str:
    """Which of them it is."""
    if linked:
        return LINKED
    return GONE if left_at is not None or heard_at <= now - CUT_OFF_FOR else CUT_OFF
