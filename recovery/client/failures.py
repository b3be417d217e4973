"""Errors on their way to the console: some as full reports, the rest counted, each under its fingerprint."""

from __future__ import annotations

from _thread import allocate_lock

import msgspec

from recovery.engine.types import ErrorReport
from recovery.wire import AnyEvent, Error, ErrorCount, limits

from .fingerprint import fingerprint
from .inbox import Inbox
from .texts import clean, tailed
from .timeline import Timeline

BURST = 5  # full reports of one fingerprint at once …
EACH = 10.0  # … and then one every so many seconds
BURST_OF_ALL = 50.0
PER_SECOND = 10.0  # full reports of all fingerprints
FINGERPRINTS = 1_000  # kept apart; beyond that, errors are counted without a name
CONTEXT_BYTES = 16_000

_encode = msgspec.json.Encoder().encode


class _Kind:
    """One fingerprint: what it may still send in full, and how many were only counted since they were last told."""

    __slots__ = ("allowance", "count", "first", "last", "like", "seen")

    def __init__(self, now: float) -> None:
        self.allowance = float(BURST)
        self.seen = now
        self.count = 0
        self.first = self.last = 0.0
        self.like: ErrorCount | None = None


class Failures:
    """The sink that the engine reports to, on its dispatcher's thread, and the counts that the client takes."""

    def __init__(self, timeline: Timeline, inbox: Inbox) -> None:
        self._timeline = timeline
        self._inbox = inbox
        self._lock = allocate_lock()
        self._kinds: dict[str, _Kind] = {}
        self._allowance = BURST_OF_ALL
        self._at = timeline.now()

    def __call__(self, report: ErrorReport) -> None:
        """Take one report: send it, or count it."""
        error = told(report, self._timeline.of(report.timestamp))
        if not self._may_send(error.fingerprint) or not self._inbox.offer(error):
            self.count(error)

    def count(self, error: AnyEvent) -> None:
        """Count it instead of sending it."""
        if not isinstance(error, Error | ErrorCount):
            return
        number = error.count if isinstance(error, ErrorCount) else 1
        began = error.first if isinstance(error, ErrorCount) else error.at
        with self._lock:
            kind = self._kind(error.fingerprint, error.at)
            kind.first = min(kind.first, began) if kind.count else began
            kind.last = max(kind.last, error.at)
            kind.count += number
            if kind.like is None and self._kinds.get(error.fingerprint) is kind:
                kind.like = _slim(error)

    def uncounted(self, number: int) -> None:
        """So many were dropped before anybody could look at them."""
        if number > 0:
            now = self._timeline.now()
            self.count(ErrorCount(seq=0, at=now, first=now, fingerprint="", count=number))

    def take(self, most: int = limits.EVENTS) -> list[ErrorCount]:
        """What was only counted since the last time, by fingerprint."""
        with self._lock:
            counted = [(key, kind) for key, kind in self._kinds.items() if kind.count][:most]
            found = [_count(key, kind) for key, kind in counted]
            for _, kind in counted:
                kind.count = 0
            self._forget()
        return found

    def _may_send(self, key: str) -> bool:
        now = self._timeline.now()
        with self._lock:
            kind = self._kind(key, now)
            self._allowance = min(BURST_OF_ALL, self._allowance + (now - self._at) * PER_SECOND)
            self._at = now
            kind.allowance = min(float(BURST), kind.allowance + (now - kind.seen) / EACH)
            kind.seen = now
            if kind.allowance < 1 or self._allowance < 1:
                return False
            kind.allowance -= 1
            self._allowance -= 1
            return True

    def _kind(self, key: str, now: float) -> _Kind:
        kind = self._kinds.get(key)
        if kind is None:
            if len(self._kinds) >= FINGERPRINTS:
                self._forget()
            if len(self._kinds) >= FINGERPRINTS and key:
                return self._kind("", now)
            kind = self._kinds[key] = _Kind(now)
        return kind

    def _forget(self) -> None:
        """Drop what is told and quiet, so that new kinds have room."""
        if len(self._kinds) > FINGERPRINTS // 2:
            now = self._timeline.now()
            quiet = [key for key, kind in self._kinds.items() if not kind.count and now - kind.seen > EACH * BURST]
            for key in quiet:
                del self._kinds[key]


def _slim(error: Error | ErrorCount) -> ErrorCount:
    return ErrorCount(
        seq=0,
        at=error.at,
        fingerprint=error.fingerprint,
        count=0,
        first=error.at,
        severity=error.severity,
        title=error.title,
        exception_type=error.exception_type,
        operation=error.operation,
        category=error.category,
        reason=error.reason,
    )


def _count(key: str, kind: _Kind) -> ErrorCount:
    like = kind.like or ErrorCount(seq=0, at=0.0, fingerprint=key, count=0, first=0.0)
    return msgspec.structs.replace(like, at=kind.last, first=min(kind.first, kind.last), count=kind.count)


def told(report: ErrorReport, at: float) -> Error:
    """A report in the words of the wire, within its bounds."""
    where = report.context.as_dict()
    return Error(
        seq=0,
        at=at,
        id=clean(report.id, limits.ID),
        fingerprint=fingerprint(report),
        severity=report.severity.value,
        title=clean(report.title),
        message=clean(report.message),
        exception_type=clean(report.exception_type, limits.NAME),
        operation=clean(where["operation_name"], limits.NAME),
        category=report.category.value,
        reason=report.reason.value,
        service_name=clean(where["service_name"], limits.NAME) if where["service_name"] else None,
        context=_bounded(where["operation_context"]),
        extras=_bounded(where["extras"]),
        suggested_actions=tuple(clean(each) for each in report.suggested_actions[: limits.SUGGESTIONS]),
        recovery_possible=report.recovery_possible,
        retry_recommended=report.retry_recommended,
        attempt=report.attempt,
        will_retry=report.will_retry,
        traceback=tailed(report.traceback, limits.TRACEBACK) if report.traceback else None,
    )


def _bounded(context: dict[str, object]) -> dict[str, object]:
    """Plain data of bounded size and depth; what is beyond is left out, and said so."""
    try:
        size = len(_encode(context))
    except Exception:  # lone surrogates, whole numbers of a thousand digits
        size = CONTEXT_BYTES + 1
    if size <= CONTEXT_BYTES and _items(context) <= limits.CONTEXT_ITEMS:
        return _without_nul(context)
    kept = {clean(str(name), limits.NAME): clean(str(value), 200) for name, value in list(context.items())[:30]}
    return {**kept, "…": "cut: it was too big"}


def _items(value: object, depth: int = 1) -> int:
    if not isinstance(value, dict | list):
        return 1
    if depth > limits.NESTING:
        return limits.CONTEXT_ITEMS + 1
    return 1 + sum(_items(item, depth + 1) for item in (value.values() if isinstance(value, dict) else value))


def _without_nul(context: dict[str, object]) -> dict[str, object]:
    if b"\\u0000" not in (text := _encode(context)):
        return context
    made: dict[str, object] = msgspec.json.decode(text.replace(b"\\u0000", b"\\u2400"))
    return made
