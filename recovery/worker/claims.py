"""Claims: a conditional UPDATE says who runs a job, and until when nobody else does. First writer wins."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from recovery.models import Job
from recovery.moment import now

from .jobs import JobSpec, Turn, free

MOST_ERROR = 2_000
RETRY = 5.0  # s; doubled with every failure in a row
LONGEST_RETRY = 300.0

log = logging.getLogger("recovery.worker")


class Stopped(Exception):
    """The worker is being ended."""


def identity() -> str:
    """This process, as it is shown."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def claim(spec: JobSpec, at: datetime) -> str:
    """Take the job if it is due and free; the owner's mark, or nothing: somebody else was first."""
    owner = f"{identity()}:{uuid4().hex[:8]}"
    due = Job.objects.filter(free(at), pk=spec.name, due_at__lte=at)
    planned = due.values_list("due_at", flat=True).first()
    if planned is None:
        return ""
    late = (at - planned).total_seconds()
    if spec.wanted_only:
        late = min(late, spec.period)  # it was not wanted for a while; since when it is, nobody wrote down
    lag = min(2**31 - 1, round(late * 1000))
    taken = due.update(owner=owner, lease_until=at + timedelta(seconds=spec.lease), started_at=at, lag_ms=lag)
    return owner if taken else ""


def take_turn(spec: JobSpec, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Claim the job, do it, give it back; whether it was ours to do."""
    at = now()
    owner = claim(spec, at)
    if not owner:
        return False
    assert spec.work is not None
    try:
        more = spec.work(Turn(at, owner, _beat(spec, owner, stopping)))
    except Stopped:
        _give_back(spec, owner, due_at=now())
    except Exception as error:
        log.exception("the job %s failed", spec.name, extra={"job": spec.name})
        _failed(spec, owner, error)
    else:
        end = now()
        _give_back(spec, owner, due_at=end if more else spec.next_due(end), finished_at=end, failures=0, last_error="")
    return True


def _beat(spec: JobSpec, owner: str, stopping: Callable[[], bool]) -> Callable[[], None]:
    """Longer runs call it now and then: it makes the lease longer, and ends the run when the worker is to end."""
    last = now()

    def beat() -> None:
        nonlocal last
        if stopping():
            raise Stopped
        at = now()
        if (at - last).total_seconds() < spec.lease / 4:
            return
        last = at
        if not Job.objects.filter(pk=spec.name, owner=owner).update(lease_until=at + timedelta(seconds=spec.lease)):
            raise Stopped

    return beat


def _give_back(spec: JobSpec, owner: str, **changes: object) -> None:
    """Only whoever has it can: a run that was taken for dead changes nothing any more."""
    Job.objects.filter(pk=spec.name, owner=owner).update(lease_until=None, owner="", **changes)


def _failed(spec: JobSpec, owner: str, error: Exception) -> None:
    failures = (Job.objects.filter(pk=spec.name).values_list("failures", flat=True).first() or 0) + 1
    wait = min(LONGEST_RETRY, max(spec.period, RETRY * 2 ** min(failures - 1, 10)))
    text = f"{type(error).__name__}: {error}"[:MOST_ERROR]
    end = now()
    _give_back(spec, owner, due_at=end + timedelta(seconds=wait), finished_at=end, failures=failures, last_error=text)
