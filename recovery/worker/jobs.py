"""What there is to do again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from recovery.actions import holds
from recovery.ingest import places, presence
from recovery.models import Check, Hold, LinkInterval
from recovery.rollups import prune, run
from recovery.rollups.progress import LeaseLost

from .rolling import judge_all, running

Beat = Callable[[], None]


@dataclass(frozen=True)
class Turn:
    """One claimed run. ``owner`` is unlike that of any other run; ``beat`` raises when the run is to be ended."""

    at: datetime
    owner: str
    beat: Beat


def _always(_at: datetime) -> bool:
    return True


@dataclass(frozen=True)
class JobSpec:
    """``work`` says whether there is more to do at once. ``wanted``: a cheap look before anybody is woken."""

    name: str
    period: float  # s
    lease: float  # s; a run that is not back by then is taken for dead
    work: Callable[[Turn], bool] | None  # None: it has a runner of its own
    wanted: Callable[[datetime], bool] = _always
    offset: float = 0.0  # s after the full period

    @property
    def channel(self) -> str:
        """The named channel that wakes it."""
        return f"recovery.{self.name}"

    @property
    def wanted_only(self) -> bool:
        """Whether it is left alone while there is nothing to do."""
        return self.wanted is not _always

    def next_due(self, after: datetime) -> datetime:
        """The next moment of its grid. What was missed is not made up for: each run does all there is."""
        steps = (after.timestamp() - self.offset) // self.period + 1
        return datetime.fromtimestamp(steps * self.period + self.offset, UTC)


def rollup(turn: Turn) -> bool:
    """Slices to aggregates."""
    try:
        return run(turn.at, turn.owner)
    except LeaseLost:
        return False


def pruning(turn: Turn) -> bool:
    """What is past its time goes."""
    prune(turn.at, beat=turn.beat)
    return False


def ending(turn: Turn) -> bool:
    """Holds that are over by their own end."""
    return holds.end_due(turn.at) >= holds.ENDED_AT_ONCE


def sweep(turn: Turn) -> bool:
    """Links of processes that fell silent."""
    presence.sweep(turn.at)
    return False


def rolling(turn: Turn) -> bool:
    """Rollouts that run: on, back, or waiting."""
    judge_all(turn.at, turn.beat)
    return False


def _rollouts_running(_at: datetime) -> bool:
    return running()


def settling(turn: Turn) -> bool:
    """Processes whose place another has taken."""
    places.settle(turn.at)
    return False


def _vacated(at: datetime) -> bool:
    return places.vacated(at).exists()


def _holds_due(at: datetime) -> bool:
    return Hold.objects.due(at).exists()


def _silent(at: datetime) -> bool:
    return LinkInterval.objects.filter(ended_at=None, heard_at__lt=at - presence.SILENCE).exists()


def _checks_due(at: datetime) -> bool:
    return Check.objects.filter(free(at), enabled=True, next_run_at__lte=at).exists()


def free(at: datetime) -> Q:
    """Nobody has it, or whoever had it is taken for dead."""
    return Q(lease_until=None) | Q(lease_until__lte=at)


SPECS = (
    JobSpec("rollup", 10, 120, rollup, offset=5),  # soon after a slot's end
    JobSpec("prune", 600, 180, pruning, offset=90),
    JobSpec("holds", 1, 30, ending, _holds_due),
    JobSpec("rollouts", 10, 60, rolling, _rollouts_running, offset=9),  # when nearly all slices of a slot are in
    JobSpec("presence", 5, 60, sweep, _silent),
    JobSpec("places", 30, 60, settling, _vacated),
    JobSpec("checks", 1, 30, None, _checks_due),
)
JOBS = {spec.name: spec for spec in SPECS}
LIVES = timedelta(minutes=5)  # how long a worker that does not beat any more is remembered
