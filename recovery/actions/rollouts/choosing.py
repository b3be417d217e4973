"""Which processes a stage means: one that is linked, or a share that comes near the per cent that was asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from recovery.models import BreakerNow, Confirmation, LinkInterval, Process, Rollout
from recovery.models.shares import SHARE, WHOLE, falls_in

from .checking import ONE

SALTS = 500  # that are tried at most
AWAY = timedelta(seconds=60)  # a process that lost its link may be back until then


def linked(rollout: Rollout) -> list[str]:
    """Processes that are linked and have the target, by id; those that are linked longest come first."""
    links = LinkInterval.objects.filter(process__service=rollout.service_id, ended_at=None)
    if rollout.kind == "breaker":
        have = BreakerNow.objects.filter(breaker__service=rollout.service_id, breaker__name=rollout.target)
        links = links.filter(process__in=have.values("process"))
    uids = links.order_by("began_at", "pk").values_list("process__uid", flat=True)
    return list(dict.fromkeys(uids))


def scope_for(rollout: Rollout, share: str | float, have: Collection[str]) -> dict[str, Any]:
    """The scope of a stage; ``{}``: all. ``have``: who runs it by an earlier one. Raises LookupError."""
    if share == ONE:
        refused = _refused(rollout)
        left = [uid for uid in linked(rollout) if uid not in refused]
        if not left:
            raise LookupError("no linked process is left that could run it")
        return {"kind": "process", "values": left[:1]}
    if float(share) >= WHOLE:
        return {}
    return {"kind": SHARE, "values": [f"{float(share):g}", _salt(linked(rollout), have, float(share))]}


def _salt(uids: Collection[str], have: Collection[str], percent: float) -> str:
    """The first salt by which, with those that have it, as many are meant as were asked for; else the nearest.

    A hash alone would give a tenth of six processes to none of them, or to three. One is left to compare with.
    """
    wanted = max(1, min(ceil(len(uids) * percent / WHOLE), len(uids) - 1))
    best = SALTS, ""
    for salt in map(str, range(SALTS)):
        meant = sum(uid in have or falls_in([str(percent), salt], uid) for uid in uids)
        best = min(best, (abs(meant - wanted), salt))
        if not best[0]:
            break
    return best[1]


def gone(rollout: Rollout, uid: str, at: datetime) -> str:
    """Why the chosen process will not run it any more; nothing: it is there, or may be back at any moment."""
    row = Process.objects.filter(service=rollout.service_id, uid=uid).first()
    if row is None:
        return "it is gone"
    if uid in (refused := _refused(rollout)):
        return f"it refused: {refused[uid]}"
    link = LinkInterval.objects.filter(process=row).order_by("-began_at", "-pk").first()
    if link is not None and link.ended_at is None:
        return ""
    if row.left_at is not None:
        return "it left"
    return "it lost its link" if link is None or link.ended_at is None or link.ended_at < at - AWAY else ""


def _refused(rollout: Rollout) -> dict[str, str]:
    """Who refused a policy of this rollout, and why."""
    revisions: Iterable[int] = rollout.policies.values("revision")
    rows = Confirmation.objects.filter(service=rollout.service_id, revision__in=revisions, applied=False)
    return dict(rows.values_list("process__uid", "why"))
