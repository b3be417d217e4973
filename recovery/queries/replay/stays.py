"""The recorded transitions of one breaker in one process: when it waited, when it was held, what an operator did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from recovery.engine.states import SLOW_PROBE, TIMED_OUT, WAIT_OVER

from .tape import FAILED, NOTHING, SLOW

HELD = ("FORCED-OPEN", "DISABLED")
OBSERVED = "METRICS-ONLY"
OWN = ("consecutive_failures", "probes_succeeded")  # what the evidence of a breaker's own decision has


class Changed(NamedTuple):
    """A recorded transition; ``at`` in ms."""

    before: str
    after: str
    cause: str
    evidence: Mapping[str, Any]
    at: int

    @property
    def own(self) -> bool:
        """Whether the breaker decided it, by the outcomes of calls."""
        return any(name in self.evidence for name in OWN)


@dataclass(slots=True)
class Wait:
    """It was open, by its own decision, from ``opened`` until ``ended`` (None: to this day)."""

    opened: int
    ended: int | None
    number: int  # of the openings in a row
    by_probe: bool
    timed_out: bool  # a probe that hung opened it: no call was settled
    passed: int  # successes of the probing before it
    saw: tuple[int, int, int] | None  # calls, failures and slow calls in its window then
    next: int | None  # what came of the next probe; None: nobody knows
    entry: int = -1  # on the tape: the call that opened it

    @property
    def length(self) -> int | None:
        """How long (ms)."""
        return None if self.ended is None else max(0, self.ended - self.opened)


class Act(NamedTuple):
    """Something that was done to the breaker."""

    at: int
    verb: str


class Hold(NamedTuple):
    """It was held so; ``until`` None: to this day."""

    since: int
    until: int | None
    state: str


@dataclass(slots=True)
class Stays:
    """All of it, in order."""

    waits: list[Wait] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)


def stays(rows: Sequence[Changed], state: str, begin: int) -> Stays:
    """``state``: where it stood before the first of them, which was at ``begin``."""
    found, openings = Stays(), 0
    _begun(found, state, rows[0].at if rows else None, begin)
    for index, row in enumerate(rows):
        following = rows[index + 1] if index + 1 < len(rows) else None
        if row.after == "OPEN" and row.own:
            openings += 1
            found.waits.append(_wait(row, following, rows[index + 2 : index + 3], openings))
        elif row.after in (*HELD, OBSERVED):
            found.holds.append(Hold(row.at, following.at if following else None, row.after))
        openings = 0 if row.after == "CLOSED" else openings
        if verb := _verb(row):
            at = row.at if verb != "restore" or following is None else following.at
            found.acts.append(Act(at, verb))
    return found


def _begun(found: Stays, state: str, until: int | None, begin: int) -> None:
    """It stood so when the recording begins. An open one counts from its next probe on."""
    if state in ("OPEN", "HALF-OPEN") and until is not None:
        found.acts.append(Act(until, "restore"))
    elif state in (*HELD, OBSERVED):
        found.holds.append(Hold(begin, until, state))
        if state != OBSERVED:
            found.acts.append(Act(begin, "trip" if state == "FORCED-OPEN" else "disable"))


def _wait(row: Changed, following: Changed | None, after: Sequence[Changed], openings: int) -> Wait:
    probed = following is not None and following.after == "HALF-OPEN" and bool(after)
    return Wait(
        opened=row.at,
        ended=following.at if following else None,
        number=openings,
        by_probe=row.before == "HALF-OPEN",
        timed_out=row.cause.startswith(TIMED_OUT),
        passed=_whole(row.evidence.get("probes_succeeded")) or 0,
        saw=_figures(row.evidence),
        next=_outcome(after[0]) if probed else None,
    )


def _figures(evidence: Mapping[str, Any]) -> tuple[int, int, int] | None:
    calls, failures, slow = (_whole(evidence.get(name)) for name in ("calls", "failures", "slow"))
    if calls is None or failures is None or slow is None:
        return None
    return calls, failures, slow


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _outcome(row: Changed) -> int | None:
    """What the probe came to."""
    if row.after == "CLOSED":
        return NOTHING if row.own else None
    if row.after != "OPEN":
        return None
    return SLOW if row.cause.startswith(SLOW_PROBE) else FAILED


def _verb(row: Changed) -> str:
    """The act behind a transition that the breaker did not decide; a hold that only counts changes no decision."""
    if row.before in (*HELD, OBSERVED) and row.after in ("OPEN", "CLOSED"):
        return "release" if row.after == "OPEN" or row.before == "DISABLED" else "reset"
    if row.after == "FORCED-OPEN":
        return "trip"
    if row.after == "DISABLED":
        return "disable"
    if row.after == OBSERVED or row.own:
        return ""
    if row.after == "CLOSED":
        return "reset"
    if row.after == "HALF-OPEN":
        return "" if row.cause.startswith(WAIT_OVER) else "probe"
    return "restore"
