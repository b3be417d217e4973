"""Slots of 10 s: when one closes, and how several become one."""

from __future__ import annotations

from msgspec.structs import replace

from recovery.wire import BreakerSlice, OperationSlice, Slice, limits

from .sampler import Sampler

SECONDS = limits.SLOT_SECONDS


class Slots:
    """Where the present slot began. Numbers rise strictly, because the timeline does."""

    def __init__(self, now: float) -> None:
        self.current = int(now // SECONDS)
        self.last = 0  # the last one that was closed

    def due(self, now: float) -> bool:
        """Whether the present slot is over."""
        return int(now // SECONDS) > self.current

    def close(self, sampler: Sampler, now: float) -> Slice | None:
        """The slot that is over, or what there is of it; None when nothing was called in it.

        Where the process stood still for longer than a slot, one slice spans all of that time.
        """
        slot, start = self.current, float(self.current * SECONDS)
        breakers, operations = sampler.close(start, now)
        passed = max(1, int(now // SECONDS) - slot)
        self.current = slot + passed
        if not breakers and not operations:
            return None
        self.last = slot
        return Slice(
            slot=slot,
            start=start,
            seconds=min(passed * SECONDS, limits.LONGEST_SLICE),
            breakers=breakers,
            operations=operations,
        )


def merged(first: Slice, second: Slice) -> Slice:
    """Two slots as one: totals are cumulative, so the later ones stand; the tapes follow each other."""
    shift = round((second.start - first.start) * 1000)
    breakers = {part.name: part for part in first.breakers}
    for part in second.breakers:
        breakers[part.name] = _merged_breaker(breakers.get(part.name), part, shift)
    operations: dict[str, OperationSlice] = {part.name: part for part in (*first.operations, *second.operations)}
    return replace(
        first,
        seconds=min(limits.LONGEST_SLICE, max(1, round(second.start + second.seconds - first.start))),
        breakers=tuple(breakers.values()),
        operations=tuple(operations.values()),
        client=second.client or first.client,
    )


def absorbed(first: Slice, second: Slice) -> Slice:
    """The later slot with what only the earlier one has: totals survive, when it was does not."""
    known = {part.name for part in second.breakers}
    known_operations = {part.name for part in second.operations}
    return replace(
        second,
        breakers=(*second.breakers, *(_without_tape(p) for p in first.breakers if p.name not in known)),
        operations=(*second.operations, *(p for p in first.operations if p.name not in known_operations)),
    )


def without_tapes(whole: Slice) -> Slice:
    """The totals alone; the tapes are cut."""
    return replace(whole, breakers=tuple(map(_without_tape, whole.breakers)))


def _without_tape(part: BreakerSlice) -> BreakerSlice:
    return replace(part, tape=(), cut=True, lost=part.lost + len(part.tape)) if part.tape else part


def _merged_breaker(first: BreakerSlice | None, second: BreakerSlice, shift: int) -> BreakerSlice:
    later = tuple((number, offset + shift, what) for number, offset, what in second.tape)
    tape = later if first is None else first.tape + later
    over = max(0, len(tape) - limits.TAPE)
    lost = second.lost + over + (0 if first is None else first.lost)
    return replace(second, tape=tape[-limits.TAPE :], cut=lost > 0, lost=lost)
