"""The tape and the transitions of a process put into one order: the exact one, as far as they tell.

Call numbers order calls among each other. A wait begins after the call that opened the breaker, and no call settles
during it; so the calls that were refused stand between that call's number and the next one. Where in the wait each of
them came is not recorded: they come evenly, before the wait was over.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import takewhile

from .stays import Act, Hold, Stays, Wait
from .story import ACT, BEGIN, HUNG, OPENED, REFUSED, Story
from .tape import FAILED, LATE, NOTHING, Slot, Tape

APART = 2_000  # ms by which a transition and the call that made it may differ: two readings of two clocks
NEARLY = 20
Longest = Callable[[int], int]  # how long the so-manieth opening in a row can last at most (ms)


def ordered(tape: Tape, found: Stays, begin: int, end: int, longest: Longest) -> Story:
    """``begin``: from when on it counts; what lies before fills the windows."""
    _anchor(found.waits, tape)
    telling = _Telling(tape, found, (begin, end), longest)
    for slot in tape.slots:
        if slot.start >= end:
            break
        telling.slot(slot)
    return telling.finish()


def _anchor(waits: list[Wait], tape: Tape) -> None:
    """Find the call that opened each: the nearest after which nothing was settled for as long as the wait lasted."""
    last = -1
    for wait in waits:
        if wait.timed_out:
            continue
        low = max(last + 1, bisect_left(tape.times, wait.opened - APART))
        near = range(low, bisect_right(tape.times, wait.opened + APART))
        quiet = [i for i in near if _quiet(tape, i, wait.length)]
        if choice := quiet or near:
            wait.entry = last = min(choice, key=lambda i: (abs(tape.times[i] - wait.opened), -i))


def _quiet(tape: Tape, entry: int, length: int | None) -> bool:
    if entry + 1 == len(tape.times):
        return True
    return length is not None and tape.times[entry + 1] - tape.times[entry] >= length - NEARLY


class _Telling:
    """Walks through slots, entries, waits and acts at once."""

    def __init__(self, tape: Tape, found: Stays, counted: tuple[int, int], longest: Longest) -> None:
        self.tape, self.longest = tape, longest
        self.begin, self.end = begin, _ = counted
        self.story = Story(began=max(begin, tape.slots[0].start) if tape.slots else begin)
        self.opening = {wait.entry: wait for wait in found.waits if wait.entry >= 0}
        # What has no entry is put where its time says. A mark comes before what happens at the same time.
        loose: list[tuple[int, int, Wait | Act | None]] = [(begin, 0, None)]
        loose += [(act.at, 1, act) for act in found.acts]
        loose += [(wait.opened, 2, wait) for wait in found.waits if wait.entry < 0]
        self.loose = sorted(loose, key=lambda each: each[:2], reverse=True)
        self.waits, self.holds = deque(found.waits), found.holds  # waits that are not over yet
        self.now = self.number = 0  # the time and the number up to which everything is told
        self.waited = 0  # the number at the last wait
        self.share: dict[int, int] = {}  # of the slot's refused calls, by the wait

    def slot(self, slot: Slot) -> None:
        """All of one slot."""
        self._idle(slot.start)
        slot = replace(slot, start=self.now) if self.now > slot.start else slot
        self.now, self.number = slot.start, slot.before
        while self.waits and (over := self._over(self.waits[0])) is not None and over < slot.start:
            self.waits.popleft()
        present = list(takewhile(lambda wait: self._from(wait) <= slot.end, self.waits))
        self._allot(slot, [wait for wait in present if self._touches(wait, slot)])
        self._until(slot.start, slot.before + 1, slot.start, slot)
        for wait in present:
            if wait.entry < slot.first and self._from(wait) <= slot.start:
                self._refused(wait, slot)
        entry = slot.first
        while entry < len(self.tape.numbers) and self.tape.numbers[entry] <= slot.after:
            self._entry(entry, slot)
            entry += 1
        self._until(slot.end, slot.after + 1, slot.end, slot)
        self.story.step(slot.after - self.number, slot.end, NOTHING)
        self.now = max(self.now, slot.end)

    def finish(self) -> Story:
        """What happened after the last slot."""
        self._idle(self.end)
        self.story.ended = self.end
        return self.story

    def _idle(self, until: int) -> None:
        """What happened while no call was settled."""
        while self.loose and self.loose[-1][0] <= until:
            self._loose(self.loose.pop()[2], None)

    def _entry(self, entry: int, slot: Slot) -> None:
        at, number, what = self.tape.times[entry], self.tape.numbers[entry], self.tape.what[entry]
        self._until(at, number, at, slot)
        fast, self.number = number - self.number - 1, number
        self.now = max(self.now, at)
        wait = self.opening.get(entry)
        if wait is None:
            self.story.step(fast, self.now, what)
        else:
            self.story.step(fast, self.now, what | OPENED, (self._waited(wait), wait.saw))
            self._refused(wait, slot)

    def _until(self, at: int, number: int, reached: int, slot: Slot) -> None:
        """What is placed by its time alone, among the successes before call ``number``; they come up to ``reached``."""
        while self.loose and self.loose[-1][0] <= at:
            moment, _, what = self.loose.pop()
            moment = max(moment, self.now)
            between = number - self.number - 1
            fast = between * (moment - self.now) // (reached - self.now) if reached > self.now else 0
            if isinstance(what, Wait) and what.timed_out:
                fast = min(between, max(0, what.passed - (self.number - self.waited)))
            if fast > 0:
                self.story.step(fast, moment, NOTHING)
                self.number += fast
            self.now = moment
            self._loose(what, slot)

    def _loose(self, what: Wait | Act | None, slot: Slot | None) -> None:
        if what is None:
            self.story.step(0, self.begin, BEGIN)
        elif isinstance(what, Act):
            self.story.step(0, what.at, ACT, what.verb)
            self.story.acts += what.at >= self.begin
        elif what.timed_out:
            self.story.step(0, what.opened, HUNG, (self._waited(what), None))
            self.story.hung += what.opened >= self.begin
        if isinstance(what, Wait) and slot is not None:
            self._refused(what, slot)

    # -- waits ---------------------------------------------------------------------------------------------------------

    def _from(self, wait: Wait) -> int:
        return self.tape.times[wait.entry] if wait.entry >= 0 else wait.opened

    def _waited(self, wait: Wait) -> int:
        """How long it waited, as far as is known."""
        return max(0, self.end - wait.opened) if wait.length is None else wait.length

    def _over(self, wait: Wait) -> int | None:
        """When the wait was over, as told by the clock of the tape."""
        return None if wait.length is None else self._from(wait) + wait.length

    def _touches(self, wait: Wait, slot: Slot) -> bool:
        """Whether it can have refused calls of this slot: those that came later were refused beside a probe."""
        over = self._over(wait)
        return over is None or over >= slot.end or min(over, self._latest(wait)) > slot.start

    def _latest(self, wait: Wait) -> int:
        """When the wait was over at the latest, whenever the next call came."""
        return self._from(wait) + self.longest(wait.number)

    def _span(self, wait: Wait, slot: Slot) -> tuple[int, int]:
        """The part of the slot in which the wait refused."""
        since, over = max(self._from(wait), slot.start), self._over(wait)
        until, latest = slot.end if over is None else min(over, slot.end), self._latest(wait)
        return since, min(until, latest) if latest > since else until

    def _allot(self, slot: Slot, touching: list[Wait]) -> None:
        """Share the refused calls of a slot among the waits and holds in it, by their length."""
        self.share = {}
        if not slot.refused:
            return
        counted = slot.start >= self.begin
        spans = [(id(wait), *self._span(wait, slot)) for wait in touching]
        spans += [(0, max(hold.since, slot.start), self._held_until(hold, slot)) for hold in self._forced(slot)]
        if not spans:
            self.story.unplaced += slot.refused * counted
            return
        lengths = [max(1, until - since) for _, since, until in spans]
        told, passed, whole = 0, 0, sum(lengths)
        for (key, _, _), length in zip(spans, lengths, strict=True):
            passed += length
            mine = slot.refused * passed // whole - told
            told += mine
            self.share[key] = self.share.get(key, 0) + mine
        self.story.held += self.share.pop(0, 0) * counted

    def _forced(self, slot: Slot) -> Iterator[Hold]:
        for hold in self.holds:
            if hold.state == "FORCED-OPEN" and hold.since < slot.end and (hold.until or slot.end) > slot.start:
                yield hold

    def _held_until(self, hold: Hold, slot: Slot) -> int:
        return min(hold.until or slot.end, slot.end)

    def _refused(self, wait: Wait, slot: Slot) -> None:
        """The wait's refused calls of this slot: in its first half as the opening call, then as the next probe."""
        since, until = self._span(wait, slot)
        count, over = self.share.pop(id(wait), 0), self._over(wait)
        if count:
            opened_by = self.tape.what[wait.entry] if wait.entry >= 0 else FAILED
            middle = until if over is None or wait.next is None else (self._from(wait) + over) // 2
            middle = min(max(middle, since), until)
            early = count * (middle - since) // (until - since) if until > since else count
            self._taken(early, since, middle, opened_by)
            self._taken(count - early, middle, until, opened_by if wait.next is None else wait.next)
        self.now, self.waited = max(self.now, self._goes_on(wait, slot)), self.number
        self.story.step(0, self.now, NOTHING)  # what is settled next comes after it

    def _goes_on(self, wait: Wait, slot: Slot) -> int:
        """When calls are settled again. What the slot still has after the wait came before its client closed it."""
        after = wait.entry + 1 if wait.entry >= 0 else bisect_right(self.tape.times, wait.opened)
        over, following = self._over(wait), max(after, slot.first)
        if over is None:
            return slot.end
        more = following < len(self.tape.numbers) and self.tape.numbers[following] <= slot.after
        late = slot.after > self.number and not more and over <= slot.end + LATE
        return over if late else min(slot.end, over)

    def _taken(self, count: int, since: int, until: int, what: int) -> None:
        if count <= 0:
            return
        story = self.story
        since = max(since, story.at[-1] if story.at else since)
        story.step(0, since, REFUSED, (count, max(since, until - 1), what))
        if since >= self.begin:
            story.taken_as_failed += count * (what & FAILED)
            story.taken_as_fine += count * (not what & FAILED)
