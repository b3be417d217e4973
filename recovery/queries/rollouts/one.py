"""One rollout: its stages, its figures side by side with what the guardrail says, and who runs what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery.guardrail import NO_WORSE, WAITS, WORSE, chance_of
from recovery.models import Policy, Rollout
from recovery.models.rollouts import DONE, RUNNING
from recovery.moment import now
from recovery.queries.policies.values import Change, changes

from .listed import due_at, reached, share_words
from .running import NEW, OLD, REFUSED, SENT, Runs, who

SHOWN = 100  # processes
TOLD = 20  # policies
WHOLE = 100
PAST, PRESENT, AHEAD, ENDED, NEVER = "past", "present", "ahead", "ended", "never"
_ORDER = (REFUSED, SENT, NEW, OLD)
MEASURES = {"failed": "Failed", "openings": "Openings of a process, an hour", "p95": "p95"}


@dataclass(frozen=True, slots=True)
class Step:
    """One stage. ``word``: past, present, ahead; of a rollout that went back: ended here, or never reached."""

    number: int
    share: str
    seconds: int
    word: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the comparison: both sides, and what the test said."""

    name: str
    word: str
    new: float | None
    old: float | None
    tested: bool
    worse: bool
    p: float | None

    @property
    def chance(self) -> str:
        """How likely such a difference is by chance."""
        return chance_of(self.p)


@dataclass(frozen=True, slots=True)
class Shown:
    """The rollout."""

    id: int
    service: str
    environment: str
    service_id: int
    kind: str
    target: str
    state: str
    actor: str
    reason: str
    began_at: datetime
    ended_at: datetime | None
    stage: int  # from 0
    since: datetime
    due_at: datetime
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    verdict: dict[str, Any]
    measures: tuple[Measure, ...]
    guardrail: dict[str, Any]
    elapsed: int  # % of the present stage's time

    @property
    def running(self) -> bool:
        """Whether it does."""
        return self.state == RUNNING

    @property
    def over(self) -> bool:
        """Whether the present stage's time is."""
        return self.elapsed >= WHOLE

    @property
    def limits(self) -> dict[str, str]:
        """Of the guardrail, as people write numbers."""
        given = self.guardrail | {"alpha": self.guardrail["alpha"] * WHOLE}
        return {name: f"{value:,.10g}" for name, value in given.items()}

    @property
    def judged_at(self) -> datetime | None:
        """When the verdict was made."""
        said = self.verdict.get("at")
        return datetime.fromisoformat(said) if said else None

    @property
    def tone(self) -> str:
        """Of the notice that holds the verdict."""
        return {WORSE: "bad", WAITS: "warn", NO_WORSE: "good"}.get(self.verdict.get("word", ""), "")

    @property
    def headline(self) -> str:
        """The verdict in a word or two."""
        if not self.verdict:
            return "Nothing is judged yet." if self.running else "Nothing was judged."
        if self.verdict["word"] == WAITS:
            return "Its time is over, but it waits." if self.running and self.over else "It waits."
        return "Worse." if self.verdict["word"] == WORSE else "No worse so far." if self.running else "No worse."

    @property
    def says(self) -> str:
        """The verdict's sentence."""
        if not self.verdict:
            return "The first figures come in about 20 s after a stage began." if self.running else ""
        words = str(self.verdict["words"])
        return f"{words[:1].upper()}{words[1:]}."

    @property
    def present(self) -> Step:
        """The stage that it is at, or was at its end."""
        return self.steps[self.stage]

    @property
    def next(self) -> Step | None:
        """The stage after it."""
        return self.steps[self.stage + 1] if self.stage + 1 < len(self.steps) else None


@dataclass(frozen=True, slots=True)
class Told:
    """One policy that it published. ``back``: what was in force before, to all."""

    revision: int
    at: datetime
    actor: str
    whom: str
    back: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Who:
    """Who runs what. ``rows``: those that refuse or did not answer first."""

    rollout: int
    rows: tuple[Runs, ...]
    total: int
    counts: tuple[tuple[str, int], ...]
    current: bool  # no other policy took its place meanwhile


def rollout(key: int) -> Shown | None:
    """One query."""
    row = Rollout.objects.select_related("service").defer("measured").filter(pk=key).first()
    return _shown(row) if row is not None else None


def runs(key: int) -> Who | None:
    """Four queries."""
    row = Rollout.objects.defer("measured").filter(pk=key).first()
    if row is None:
        return None
    its = who(row)
    counts = Counter(each.word for each in its)
    rows = sorted(its, key=lambda each: _ORDER.index(each.word))[:SHOWN]
    current = row.state == RUNNING or any(each.ours for each in its)
    return Who(key, tuple(rows), len(its), tuple((word, counts[word]) for word in (NEW, OLD, SENT, REFUSED)), current)


def told(key: int) -> tuple[Told, ...]:
    """The newest policies that it published, the newest first. One query."""
    rows = Policy.objects.filter(rollout=key).select_related("rollout").order_by("-revision")[:TOLD]
    return tuple(_told(row) for row in rows)


def _told(row: Policy) -> Told:
    back = row.rollout is not None and row.fields != row.rollout.fields
    return Told(row.revision, row.created_at, row.actor, reached(row.scope) or "all processes", back, row.reason)


def _shown(row: Rollout) -> Shown:
    verdict = row.verdict or {}
    return Shown(
        id=row.pk,
        service=row.service.name,
        environment=row.service.environment,
        service_id=row.service_id,
        kind=row.kind,
        target=row.target,
        state=row.state,
        actor=row.actor,
        reason=row.reason,
        began_at=row.created_at,
        ended_at=row.ended_at,
        stage=row.stage,
        since=row.stage_since,
        due_at=due_at(row),
        steps=tuple(_steps(row)),
        changes=changes(row.kind, row.base, row.fields),
        verdict=verdict,
        measures=tuple(_measure(finding) for finding in verdict.get("findings", ())),
        guardrail=row.guardrail,
        elapsed=_elapsed(row),
    )


def _steps(row: Rollout) -> Iterable[Step]:
    for number, stage in enumerate(row.stages):
        word = PAST if number < row.stage else AHEAD if number > row.stage else PRESENT
        if row.state == DONE:
            word = PAST
        elif row.state != RUNNING and number >= row.stage:
            word = ENDED if number == row.stage else NEVER
        yield Step(number + 1, share_words(stage["share"]), stage["seconds"], word)


def _elapsed(row: Rollout) -> int:
    seconds = row.stages[row.stage]["seconds"]
    gone = (now() - row.stage_since).total_seconds()
    return max(0, min(WHOLE, int(gone * WHOLE / seconds))) if seconds else WHOLE


def _measure(finding: dict[str, Any]) -> Measure:
    name = finding["measure"]
    tested = finding["p"] is not None
    return Measure(name, MEASURES[name], finding["new"], finding["old"], tested, finding["worse"], finding["p"])
