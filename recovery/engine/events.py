"""What a breaker tells: transitions, events, holds, the last failure. All frozen."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from .enums import BreakerState


LONGEST_TEXT = 500


def bounded(text: str) -> str:
    """At most as much text as is kept of a failure."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


class LastFailure(Record):
    """A failure as it is kept: type name, scrubbed text, time. Never the exception or its frames."""

    type: str
    text: str
    at: datetime | None = None

    def __str__(self) -> str:
        """``TimeoutError: timed out``."""
        return f"{self.type}: {self.text}" if self.text else self.type


class Hold(Record):
    """An operator's hold: which, why, whose, until when (None: until released)."""

    kind: BreakerState
    reason: str
    actor: str
    until: datetime | None


class Transition(Record):
    """One change of state. ``sequence`` rises strictly, per breaker."""

    sequence: int
    before: BreakerState
    after: BreakerState
    cause: str
    evidence: Mapping[str, Any]
    actor: str
    at: datetime


class BreakerEvent(Record):
    """What a listener gets. ``kind`` is "transition" or "would_open" (METRICS-ONLY crossed a threshold)."""

    kind: str
    breaker: str | None
    before: BreakerState
    after: BreakerState
    cause: str
    evidence: Mapping[str, Any]
    actor: str
    sequence: int
    at: datetime
