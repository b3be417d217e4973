"""What a replay says: the difference in one sentence, and everything that was assumed, with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recovery.charts.replay import spoken
from recovery.engine.types import BreakerConfig

from .figures import Figures, Recorded
from .reading import Recording
from .run import Run
from .stays import OBSERVED
from .story import Story


def sentence(present: Figures, proposed: Figures, *, same: bool) -> str:
    """The difference."""
    if same:
        return (
            f"These are the present settings: by them it opened {times(present.openings)}, for {present.open_for}; "
            f"{count(present.refused, 'call')} refused; {count(present.reached, 'failure')} reached users."
        )
    return (
        f"With these settings it would have opened {times(proposed.openings)} instead of {present.openings}, "
        f"for {proposed.open_for} instead of {present.open_for}; "
        f"{count(proposed.refused, 'call')} refused instead of {present.refused:,}; "
        f"{count(proposed.reached, 'failure')} would have reached users instead of {present.reached:,}."
    )


def times(number: int) -> str:
    """``once``, ``3 times``."""
    return "once" if number == 1 else f"{number:,} times"


def count(number: int, what: str) -> str:
    """``1 call``, ``1,204 calls``."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def apart(present: Figures, recorded: Recorded) -> Iterator[str]:
    """Where the present settings do not make the openings that were recorded: so much for the other figures."""
    if present.openings != recorded.openings:
        made, were = times(present.openings), f"{was(recorded.openings)} {recorded.openings:,}"
        yield (
            f"Replayed, the present settings open it {made}; recorded {were}. What is listed below is why: take the"
            " figures with care."
        )


def assumed(
    recording: Recording, stories: Sequence[Story], runs: Sequence[Run], present: BreakerConfig, proposed: BreakerConfig
) -> Iterator[str]:
    """All of it, what weighs most first."""
    yield from _left_out(recording, runs)
    yield from _refused(stories)
    yield from _cut(recording)
    yield from _held(recording, stories)
    yield from _settings(recording, (present, proposed))
    yield from _measured(present, proposed)
    yield from _processes(recording)


def _left_out(recording: Recording, runs: Sequence[Run]) -> Iterator[str]:
    there = len(recording.processes)
    if recording.left_out:
        of = there + recording.left_out
        yield f"{there} of {of} processes are replayed, those heard from last: all of them would be too much."
    if any(each.stopped is not None for each in recording.processes):
        yield "So many calls failed in a process that only the first part of the time is replayed."
    if any(each.stopped is not None for each in runs):
        yield "It would have opened and closed without end; the count stops after 20,000 changes of a process."


def _refused(stories: Sequence[Story]) -> Iterator[str]:
    failed, fine = (sum(getattr(s, name) for s in stories) for name in ("taken_as_failed", "taken_as_fine"))
    if failed or fine:
        yield (
            f"{count(failed + fine, 'call')} {was(failed + fine)} refused in reality, so nobody knows how they would"
            " have ended. Each is taken to end as the known call nearest to it in time: the one that opened the"
            f" breaker, or the next probe. So {failed:,} count as failing and {fine:,} as succeeding."
        )
    if unplaced := sum(story.unplaced for story in stories):
        yield (
            f"{count(unplaced, 'call')} {was(unplaced)} refused while a probe was under way, or while nothing is known"
            " of the breaker's state: counted as refused under any settings."
        )
    if hung := sum(story.hung for story in stories):
        yield f"{count(hung, 'probe')} hung and never ended in time: taken as failed calls."


def was(number: int) -> str:
    """``was`` or ``were``."""
    return "was" if number == 1 else "were"


def _cut(recording: Recording) -> Iterator[str]:
    begin = recording.span.begin * 1000
    found = [slot.lost for each in recording.processes for slot in each.tape.slots if slot.lost and slot.end > begin]
    cut, lost = len(found), sum(found)
    if lost:
        yield (
            f"{count(lost, 'failure')} or slow calls in {count(cut, 'slot')} of 10 s did not fit on the tape: their"
            " number is known, their order is not. They are taken to stand evenly among the calls before those kept."
        )


def _held(recording: Recording, stories: Sequence[Story]) -> Iterator[str]:
    end = recording.span.end * 1000
    holds = [hold for each in recording.processes for hold in each.stays.holds]
    begin = recording.span.begin * 1000
    lengths = dict.fromkeys(("FORCED-OPEN", "DISABLED", OBSERVED), 0)
    for hold in holds:
        lengths[hold.state] += max(0, min(hold.until or end, end) - max(hold.since, begin))
    held = sum(story.held for story in stories)
    if lengths["FORCED-OPEN"]:
        yield (
            f"An operator held it open for {spoken(lengths['FORCED-OPEN'])} in all: that is done under both settings,"
            f" and the {count(held, 'call')} refused by it {was(held)} in neither column."
        )
    if lengths["DISABLED"]:
        yield f"It was disabled for {spoken(lengths['DISABLED'])} in all: nothing was recorded then."
    if lengths[OBSERVED]:
        yield (
            f"It only counted (METRICS-ONLY) for {spoken(lengths[OBSERVED])} in all and let every call pass:"
            " shown is what the settings would have done."
        )
    if acts := sum(story.acts for story in stories):
        yield f"{count(acts, 'act')} of operators or health checks (reset, probe, hold …) {was(acts)} repeated in both."


def _settings(recording: Recording, configs: tuple[BreakerConfig, BreakerConfig]) -> Iterator[str]:
    present, _ = configs
    if recording.policies:
        changed = count(recording.policies, "change")
        yield f"{changed} of its settings {was(recording.policies)} published then: part of the recording is of others."
    now = {name: value for name, value in present.as_dict().items() if name != "locked"}
    other = sum(
        any(each.config.get(name, value) != value for name, value in now.items()) for each in recording.processes
    )
    if other:
        yield f"{count(other, 'process').replace('processs', 'processes')} ran other settings than the present ones."
    if any(config.recovery_jitter for config in configs):
        yield (
            "Waits are spread by chance: where the recorded breaker opened at the same call its wait is taken,"
            " elsewhere the middle of the spread."
        )
    if any(config.open_on_retry_after for config in configs):
        yield "What Retry-After said is not recorded: openings by it are missing."


def _measured(present: BreakerConfig, proposed: BreakerConfig) -> Iterator[str]:
    limit = present.slow_call_duration
    if proposed.slow_call_rate is not None and proposed.slow_call_duration != limit:
        if limit is None:
            yield "No limit said so far which calls are slow: none are known, and a rate of them opens nothing here."
        else:
            yield f"Which calls were slow is known for the present limit of {limit:g} s, and taken for the draft's too."
    if any(c.window == "time" and (c.failure_rate or c.slow_call_rate) for c in (present, proposed)):
        yield (
            "When each success came is not recorded: they are spread evenly between the failures of a slot of 10 s,"
            " so an opening by a time window may be off by a slot."
        )


def _processes(recording: Recording) -> Iterator[str]:
    begin, end = recording.span.begin * 1000, recording.span.end * 1000
    born = sum(begin < each.began < end for each in recording.processes)
    left = sum(each.left and each.ended < end for each in recording.processes)
    if born or left:
        yield (
            f"Each process is replayed by itself. In that time {born} began, closed and with an empty window,"
            f" and {left} ended."
        )
    covered = sum(until - since for since, until in recording.linked)
    missing = end - begin - covered
    if recording.linked and missing >= 60_000:
        yield f"No process was linked for {spoken(missing)} of that time: what was not told later is missing."
