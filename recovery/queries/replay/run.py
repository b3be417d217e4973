"""One process's story told to a replay: what came of it under one configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recovery.engine.replay import Replay
from recovery.engine.types import BreakerConfig, BreakerState

from .story import ACT, BEGIN, HUNG, OPENED, REFUSED, Story
from .tape import FAILED, SLOW

MS = 1_000_000
MOST_CHANGES = 20_000  # transitions of one process; beyond that it flaps, and nobody needs the rest
OPENS_BY = (
    *("failure_threshold", "failure_rate", "slow_call_rate", "slow_call_duration"),
    *("window", "window_size", "minimum_calls"),
)
_OPEN, _HALF, _CLOSED = BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED


@dataclass(frozen=True, slots=True)
class Stretch:
    """It was not closed, by its own decision, from ``since`` until ``until`` (ms)."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Run:
    """Of one process under one configuration."""

    openings: tuple[int, ...]  # when (ms) it went from closed to open
    reopenings: tuple[int, ...]  # when a probe failed
    stretches: tuple[Stretch, ...]
    refused: int
    reached: int  # calls that were let in and failed
    stopped: int | None = None  # it changed too often: told until then (ms)

    @property
    def open_ms(self) -> int:
        """How long it was not closed."""
        return sum(each.until - each.since for each in self.stretches)


def run(story: Story, config: BreakerConfig, present: BreakerConfig) -> Run:
    """Told from the beginning, counted from the mark on. ``present``: what the recorded breaker ran."""
    alike = all(getattr(config, name) == getattr(present, name) for name in OPENS_BY)
    return _Told(story, Replay(config, (story.at[0] if story.at else 0) * MS, doubting=alike)).result()


class _Told:
    """The telling of one story."""

    def __init__(self, story: Story, replay: Replay) -> None:
        self.story, self.replay = story, replay
        self.reached = 0
        self.counted_from = (0, 0)  # refused and reached at the mark
        self.acted: set[int] = set()  # changes that were somebody's act
        self.stopped: int | None = None
        self._tell()

    def _tell(self) -> None:
        story, replay = self.story, self.replay
        i, since, end = 0, story.at[0] if story.at else 0, len(story.what)
        while i < end:
            stop = replay.tape(story.fast, story.at, story.what, i, since)
            if stop > i:
                # closed all the while: every failure of them reached its caller
                self.reached += sum(map(FAILED.__and__, story.what[i:stop]))
            else:
                self._step(i, since)
                stop = i + 1
            since = story.more[stop - 1][1] if story.what[stop - 1] == REFUSED else story.at[stop - 1]
            i = stop
            if len(replay.changes) > MOST_CHANGES:
                self.stopped = since
                return

    def _step(self, i: int, since: int) -> None:
        story, replay = self.story, self.replay
        at, what = story.at[i], story.what[i]
        more: Any = story.more.get(i)
        if story.fast[i]:
            replay.spread(story.fast[i], since * MS, at * MS)
        if what < REFUSED:
            self._call(at, what, more)
        elif what == REFUSED:
            count, until, kind = more
            admitted = replay.spread(count, at * MS, until * MS, failed=bool(kind & FAILED), slow=bool(kind & SLOW))
            self.reached += admitted * (kind & FAILED)
        elif what == HUNG:
            self._call(at, FAILED | OPENED, more)
        elif what == ACT:
            before = len(replay.changes)
            replay.act(more, at * MS)
            self.acted.update(range(before, len(replay.changes)))
        elif what == BEGIN:
            self.counted_from = replay.refused, self.reached

    def _call(self, at: int, what: int, more: Any) -> None:
        length, saw = more or (None, None)
        waited = None if length is None else length * MS
        if what & FAILED:
            self.reached += self.replay.failure(at * MS, slow=bool(what & SLOW), waited=waited, saw=saw)
        elif what & SLOW:
            self.replay.slow_success(at * MS, waited=waited, saw=saw)

    # -- what came of it -----------------------------------------------------------------------------------------------

    def result(self) -> Run:
        """Only what lies after the mark counts."""
        story, end = self.story, self.stopped if self.stopped is not None else self.story.ended
        opened: list[int] = []
        reopened: list[int] = []
        stretches: list[tuple[int, int]] = []
        since: int | None = None
        for index, (at_ns, before, after) in enumerate(self.replay.changes):
            at = at_ns // MS
            if after is _OPEN and before in (_CLOSED, _HALF) and index not in self.acted and at >= story.began:
                (opened if before is _CLOSED else reopened).append(at)
            if after in (_OPEN, _HALF):
                since = at if since is None else since
            elif since is not None:
                stretches.append((since, at))
                since = None
        if since is not None:
            stretches.append((since, end))
        return Run(
            openings=tuple(opened),
            reopenings=tuple(reopened),
            stretches=tuple(
                Stretch(max(begin, story.began), until) for begin, until in stretches if until > story.began
            ),
            refused=self.replay.refused - self.counted_from[0] + story.unplaced,
            reached=self.reached - self.counted_from[1],
            stopped=self.stopped,
        )
