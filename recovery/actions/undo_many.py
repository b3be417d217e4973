"""Taking back an act on many breakers: each by itself; where somebody acted since, theirs stays."""

from __future__ import annotations

from recovery.models import AuditEntry
from recovery.permissions import Act, may

from .actor import Actor
from .audit import record
from .bulk import Done
from .may import insist
from .problems import ActionProblem, Unchanged
from .undo import undo


def undo_many(entry: int, *, actor: Actor) -> Done:
    """Take back the children of this audit entry that were done. Raises Unchanged where there is none."""
    its = AuditEntry.objects.filter(parent=entry, refused=False).exclude(service=None).select_related("service")
    children = [child for child in its.order_by("pk") if child.revision]
    if not children:
        raise Unchanged("nothing of it was done, so there is nothing to take back")
    allowed = [each for each in children if actor.user is None or may(actor.user, Act.STEER_BREAKERS, each.service)]
    if not allowed:
        insist(actor, Act.STEER_BREAKERS, target=children[0].target, service=children[0].service)
    count = f"{len(children)} breakers" if len(children) > 1 else "1 breaker"
    parent = record(actor, f"undo {children[0].act} several", target=count)
    done = sum(_one(child, actor, parent) for child in allowed)
    return Done(parent, done, len(children) - done)


def _one(child: AuditEntry, actor: Actor, parent: AuditEntry) -> bool:
    try:
        undo(child.service, child.revision, actor=actor, parent=parent)
        return True
    except ActionProblem as problem:
        why = {"why": str(problem)}
        act = f"undo {child.act}"
        record(actor, act, target=child.target, service=child.service, refused=True, after=why, parent=parent)
        return False
