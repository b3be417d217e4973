"""One run of the rollup: what is dirty, what is new, what is above them. Bounded, so that it soon comes to an end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Min

from recovery.models import Slice

from .late import consequences
from .levels import DAY, HOUR, MINUTE, raise_to
from .progress import Progress
from .retention import horizon
from .tens import SLOT, compute, reaching

FRESH_SECONDS = 4  # after its end a slot is added up for the first time
FINAL_SECONDS = 45  # and for good: ingest marks what comes 30 s late, and commits within seconds
SLOTS_AT_ONCE = 12
DIRTY_AT_ONCE = 12
HOURS_AT_ONCE, DAYS_AT_ONCE = 2, 1


def run(now: datetime, owner: str = "") -> bool:
    """Go on from where the last run stopped; whether there is more to do at once. Raises LeaseLost."""
    progress, seconds = Progress.load(), int(now.timestamp())
    final = (seconds - FINAL_SECONDS) // SLOT
    if not progress.slot:
        progress.slot = _first_slot(final)
    _again(progress, owner, horizon("slices", now))
    more = _forward(progress, owner, final)
    if not more:
        newest = (seconds - FRESH_SECONDS) // SLOT
        compute(max(final, newest - 1), newest)
    _above(progress, owner)
    progress.take_dirty(owner, progress.slot * SLOT, DIRTY_AT_ONCE)
    return more or bool(progress.hours or progress.days)


def _first_slot(final: int) -> int:
    found = Slice.objects.aggregate(first=Min("slot"))["first"]
    return final if found is None else min(final, found // 6 * 6)


def _again(progress: Progress, owner: str, oldest: int) -> None:
    """Add up the minutes that the last run took over: whoever marked them has committed by now."""
    if not progress.dirty:
        return
    done = set(progress.dirty)
    touched = {minute for minute in done if minute >= oldest}
    for minute in sorted(touched):
        further = consequences(minute // SLOT, minute // SLOT + 6)
        touched |= {each for each in further if oldest <= each < progress.slot * SLOT}
    wide = reaching(min(touched) // SLOT, max(touched) // SLOT + 6) if touched else []
    for minute in sorted(touched):
        compute(minute // SLOT, minute // SLOT + 6, wide=wide, final=True)
        raise_to(MINUTE, minute, minute + MINUTE)
    progress.hours = _with(progress.hours, (minute // HOUR * HOUR for minute in touched))
    progress.dirty = [minute for minute in progress.dirty if minute not in done]
    progress.save(owner)


def _forward(progress: Progress, owner: str, final: int) -> bool:
    """Add up for good what is final now; whether some of it is left."""
    before = start = progress.slot
    if start >= final:
        return False
    if final - start > SLOTS_AT_ONCE:
        start = _skipped(start, final)
    end = min(final, start + SLOTS_AT_ONCE)
    compute(start, end, final=True)
    begun = {_minute(before), *range(_minute(start), end * SLOT, MINUTE)}
    over = [minute for minute in sorted(begun) if minute + MINUTE <= end * SLOT]
    for minute in over:
        raise_to(MINUTE, minute, minute + MINUTE)
    # An hour that goes on is added up every ten minutes; one that was left by a leap, at once.
    passed = [minute for minute in over if start > before or (minute + MINUTE) % (10 * MINUTE) == 0]
    progress.hours = _with(progress.hours, (minute // HOUR * HOUR for minute in passed))
    progress.slot = end
    progress.save(owner)
    return end < final


def _minute(slot: int) -> int:
    return slot * SLOT // MINUTE * MINUTE


def _skipped(start: int, final: int) -> int:
    """Where the next slice is: nobody reported in between."""
    found = Slice.objects.filter(slot__gte=start - 6, slot__lt=final).aggregate(first=Min("slot"))["first"]
    return final if found is None else max(start, found // 6 * 6)


def _above(progress: Progress, owner: str) -> None:
    """Add up hours that changed or went on, then their days."""
    hours, progress.hours = progress.hours[:HOURS_AT_ONCE], progress.hours[HOURS_AT_ONCE:]
    for hour in hours:
        raise_to(HOUR, hour, hour + HOUR)
    progress.days = _with(progress.days, (hour // DAY * DAY for hour in hours))
    days, progress.days = progress.days[:DAYS_AT_ONCE], progress.days[DAYS_AT_ONCE:]
    for day in days:
        raise_to(DAY, day, day + DAY)
    if hours or days:
        progress.save(owner)


def _with(known: list[int], new: Iterable[int]) -> list[int]:
    return sorted({*known, *new})
