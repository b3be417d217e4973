"""The present settings and a draft of others, told the same recording.

The recording is kept for the length of its last slot and a few readers, so that each change of a draft costs only its
own replay. It is work for a processor: one replay runs at a time, in the thread of the request (an ASGI server gives
each request of a plain view one of its own), and who waits for the same one finds it done.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from recovery import moment
from recovery.charts.replay import Drawn, ribbons
from recovery.engine.types import BreakerConfig
from recovery.models import Breaker
from recovery.queries.policies.values import whole
from recovery.queries.policies.which import Target, newest

from .figures import InProcess, Recorded, Replayed, figures
from .order import ordered
from .reading import OfProcess, Recording, Span, read
from .run import Run, run
from .story import Story
from .words import apart, assumed, sentence

HOURS = {1: 10, 6: 60, 48: 60}  # and how often (s) the recording moves on
LAG = 15  # s until a slot that is over has come
UNKNOWN = "Its code says what this console does not know how to replay: it is newer than the console."
T = TypeVar("T")


class Few(Generic[T]):
    """The few made last, by what they were made of."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, T] = OrderedDict()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """The one of this key; made where it is not there."""
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        made = self._made[key] = make()
        while len(self._made) > self._most:
            self._made.popitem(last=False)
        return made

    def clear(self) -> None:
        """Forget them all."""
        self._made.clear()


@dataclass(frozen=True, slots=True)
class Told:
    """A recording in order, and what came of it under the present settings."""

    recording: Recording
    stories: tuple[Story, ...]
    runs: tuple[Run, ...]


_told: Few[Told] = Few(2)
_replayed: Few[Replayed] = Few(16)
_one_at_a_time = Lock()


def replayed(target: Target, fields: Mapping[str, Any] | None, hours: int) -> Replayed:
    """Nine queries, or one where it was worked out a moment ago, or cannot be."""
    row = target.row
    assert isinstance(row, Breaker)
    policy = newest(target)
    span = span_of(hours)
    try:
        present = config_of(whole("breaker", row.code_config, policy.fields if policy else None))
        proposed = config_of(whole("breaker", row.code_config, fields))
    except (ValueError, TypeError):  # a newer client's code
        return Replayed(hours=hours, begin=span.begin, end=span.end, same=fields is None, empty=UNKNOWN)
    with _one_at_a_time:
        key = (row.pk, span, present)
        return _replayed.of((*key, proposed), lambda: _compared(_told_of(key, row), present, proposed))


def forget() -> None:
    """For whoever changes what was recorded: tests."""
    with _one_at_a_time:
        _told.clear()
        _replayed.clear()


def span_of(hours: int) -> Span:
    """The last hours, up to a slot that has come by now."""
    step = HOURS[hours]
    end = int(moment.now().timestamp() - LAG) // step * step
    return Span(hours, end - hours * 3600, end)


def config_of(values: Mapping[str, Any]) -> BreakerConfig:
    """A config of values, without those that we do not know."""
    return BreakerConfig(**{name: value for name, value in values.items() if name in BreakerConfig.FIELDS})


def _told_of(key: tuple[int, Span, BreakerConfig], row: Breaker) -> Told:
    _, span, present = key

    def make() -> Told:
        recording = read(row, span)
        stories = tuple(_story(each, span, present) for each in recording.processes)
        return Told(recording, stories, tuple(run(story, present, present) for story in stories))

    return _told.of(key, make)


def _story(each: OfProcess, span: Span, present: BreakerConfig) -> Story:
    begin, end = span.begin * 1000, span.end * 1000
    if each.stopped is not None:
        end = min(end, each.stopped)
    elif each.left:
        end = min(end, max(each.ended, each.tape.slots[-1].end))
    return ordered(each.tape, each.stays, begin, end, lambda number: round(present.open_wait(number, 1.0) * 1000))


def _compared(told: Told, present: BreakerConfig, proposed: BreakerConfig) -> Replayed:
    recording, span = told.recording, told.recording.span
    base = Replayed(hours=span.hours, begin=span.begin, end=span.end, same=present == proposed)
    if not any(slot.end > span.begin * 1000 for each in recording.processes for slot in each.tape.slots):
        return _with(base, empty=_nothing(recording))
    runs = told.runs if base.same else tuple(run(story, proposed, present) for story in told.stories)
    mine, other, recorded = figures(told.runs), figures(runs), _recorded(recording)
    return _with(
        base,
        sentence=sentence(mine, other, same=base.same),
        present=mine,
        proposed=other,
        recorded=recorded,
        processes=tuple(
            InProcess(each.label, figures([one]), figures([two]))
            for each, one, two in zip(recording.processes, told.runs, runs, strict=True)
        ),
        assumed=(
            *apart(mine, recorded),
            *assumed(recording, told.stories, (*told.runs, *runs), present, proposed),
        ),
        ribbons=ribbons(_drawn(told.runs), _drawn(runs), _covered(recording), span.begin * 1000, span.end * 1000),
    )


def _with(base: Replayed, **more: Any) -> Replayed:
    return Replayed(hours=base.hours, begin=base.begin, end=base.end, same=base.same, **more)


def _nothing(recording: Recording) -> str:
    if recording.left_out:
        return f"{recording.left_out} processes had it, but too much was recorded to be replayed."
    return "Nothing was recorded in that time: no process reported a call of this breaker."


def _recorded(recording: Recording) -> Recorded:
    begin = recording.span.begin * 1000
    waits = [wait for each in recording.processes for wait in each.stays.waits if wait.opened >= begin]
    slots = [slot for each in recording.processes for slot in each.tape.slots if slot.start >= begin]
    return Recorded(
        openings=sum(not wait.by_probe for wait in waits),
        reopenings=sum(wait.by_probe for wait in waits),
        refused=sum(slot.refused for slot in slots),
        failures=sum(slot.failures for slot in slots),
    )


def _drawn(runs: tuple[Run, ...]) -> Drawn:
    return Drawn(
        openings=tuple(each.openings for each in runs),
        stretches=tuple([(part.since, part.until) for part in each.stretches] for each in runs),
    )


def _covered(recording: Recording) -> list[tuple[int, int]]:
    """When somebody was linked, or recorded and told it later."""
    told = [(each.tape.slots[0].start, each.tape.slots[-1].end) for each in recording.processes]
    return sorted([*recording.linked, *told])
