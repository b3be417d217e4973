"""A slice's own share: its cumulative totals less those before it, spread over the slots it spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from recovery.wire import BreakerSlice, OperationSlice

Histogram = dict[int, int]
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class BreakerShare:
    """What one breaker did in one process in one span."""

    successes: int = 0
    failures: int = 0
    ignored: int = 0
    slow: int = 0
    refused: int = 0
    fallbacks: int = 0
    hist: Histogram = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OperationShare:
    """What one retried operation did in one process in one span."""

    attempts: int = 0
    retries: int = 0
    successes_after_retry: int = 0
    gave_up: int = 0
    delay_seconds: float = 0.0
    by_reason: dict[str, int] = field(default_factory=dict)


Share = BreakerShare | OperationShare
_NO_BREAKER = BreakerSlice(name="-", state="CLOSED")
_NO_OPERATION = OperationSlice(name="-")


def breaker_share(now: BreakerSlice, before: BreakerSlice | None) -> BreakerShare:
    """The difference. Totals never fall within a process; if one does, it counts as nothing rather than as calls."""
    old = before or _NO_BREAKER
    return BreakerShare(
        successes=max(0, now.successes - old.successes),
        failures=max(0, now.failures - old.failures),
        ignored=max(0, now.ignored - old.ignored),
        slow=max(0, now.slow - old.slow),
        refused=max(0, now.refused - old.refused),
        fallbacks=max(0, now.fallbacks - old.fallbacks),
        hist=_less(now.latency, dict(old.latency)),
    )


def operation_share(now: OperationSlice, before: OperationSlice | None) -> OperationShare:
    """The difference."""
    old = before or _NO_OPERATION
    return OperationShare(
        attempts=max(0, now.attempts - old.attempts),
        retries=max(0, now.retries - old.retries),
        successes_after_retry=max(0, now.successes_after_retry - old.successes_after_retry),
        gave_up=max(0, now.gave_up - old.gave_up),
        delay_seconds=max(0.0, now.delay_seconds_total - old.delay_seconds_total),
        by_reason=_less(now.by_reason.items(), old.by_reason),
    )


def _less(now: Iterable[tuple[Key, int]], old: dict[Key, int]) -> dict[Key, int]:
    get = old.get
    return {key: count - before for key, count in now if count > (before := get(key, 0))}


def spread(share: Share, width: int) -> Iterator[Share]:
    """The share by slots, evenly, in whole calls: what the slots have adds up to the share."""
    if width <= 1:
        yield share
        return
    for index in range(width):
        yield _part(share, index, width)


def _part(share: Share, index: int, width: int) -> Share:
    def part(count: int) -> int:
        return count * (index + 1) // width - count * index // width

    def parts(counts: dict[Key, int]) -> dict[Key, int]:
        return {key: mine for key, count in counts.items() if (mine := part(count))}

    if isinstance(share, OperationShare):
        return OperationShare(
            attempts=part(share.attempts),
            retries=part(share.retries),
            successes_after_retry=part(share.successes_after_retry),
            gave_up=part(share.gave_up),
            delay_seconds=share.delay_seconds / width,
            by_reason=parts(share.by_reason),
        )
    successes, failures = part(share.successes), part(share.failures)
    return BreakerShare(
        successes=successes,
        failures=failures,
        ignored=part(share.ignored),
        slow=_slow(share, index, width),
        refused=part(share.refused),
        fallbacks=part(share.fallbacks),
        hist=parts(share.hist),
    )


def _slow(share: BreakerShare, index: int, width: int) -> int:
    """In proportion to the calls that slow ones are part of, so that no slot has more slow calls than calls."""
    measured = share.successes + share.failures
    if not measured:
        return share.slow if index == width - 1 else 0

    def until(slots: int) -> int:
        done = share.successes * slots // width + share.failures * slots // width
        return share.slow * done // measured

    return until(index + 1) - until(index)
