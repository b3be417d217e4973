"""How states, times and numbers are said: a glyph, a word and a colour for each state, never colour alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from recovery.engine import BreakerState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recovery.engine.snapshot import BreakerSnapshot

NOTHING = "—"  # "no data" is never "0"
ARROW = "→"


class Look(NamedTuple):
    """A state as people see it; ``style`` is a key of ``paint.STYLES``."""

    glyph: str
    word: str
    style: str


# A switch: blade down, up, dashed, locked, crossed; an eye.
LOOKS = {
    BreakerState.CLOSED: Look("●──●", "Closed", "closed"),
    BreakerState.OPEN: Look("●╱ ○", "Open", "open"),  # noqa: RUF001 - the blade
    BreakerState.HALF_OPEN: Look("●┄┄○", "Half-open", "half-open"),
    BreakerState.FORCED_OPEN: Look("●╱ ■", "Forced open", "held"),  # noqa: RUF001 - the blade
    BreakerState.DISABLED: Look("●×─●", "Disabled", "quiet"),
    BreakerState.METRICS_ONLY: Look("(●) ", "Metrics only", "quiet"),
}

_EVIDENCE = {  # one, many
    "consecutive_failures": ("{} failed in a row", "{} failed in a row"),
    "calls": ("{} call looked at", "{} calls looked at"),
    "failures": ("{} failed", "{} failed"),
    "slow": ("{} slow", "{} slow"),
    "probes_succeeded": ("{} good probe", "{} good probes"),
    "last_failure": ("last failure {}", "last failure {}"),
}


def span(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``2 m 14 s``."""
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} m {rest} s" if minutes else f"{rest} s"


def clock(seconds: float) -> str:
    """``0:46``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def countdown(seconds: float) -> str:
    """``0:46``; the last ten seconds with their tenths."""
    return clock(seconds + 0.999) if seconds >= 9.95 else span(seconds)


def moment(seconds: float) -> str:
    """``0:14.3``: when something happened, counted from the start."""
    tenths = max(0, int(seconds * 10))
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def rate(per_second: float | None) -> str:
    """``41.2``; three digits are enough."""
    return NOTHING if per_second is None else f"{per_second:.{0 if per_second >= 99.95 else 1}f}"


def percent(share: float | None) -> str:
    """``33 %``, ``0.4 %``, ``0 %``."""
    if share is None:
        return NOTHING
    return f"{share:.1f} %" if 0 < share < 9.95 else f"{share:.0f} %"


def latency(seconds: float | None) -> str:
    """``9 ms``, ``240 ms``, ``1.2 s``."""
    if seconds is None:
        return NOTHING
    return f"{seconds * 1000:.0f} ms" if seconds < 0.9995 else f"{seconds:.1f} s"


def count(number: int, what: str, many: str = "") -> str:
    """``1 call``, ``1,204 calls``."""
    return f"{number:,} {what if number == 1 else many or what + 's'}"


def since(at: datetime) -> float:
    """Seconds from an aware moment to now."""
    return (datetime.now(UTC) - at).total_seconds()


def coming(snapshot: BreakerSnapshot) -> str:
    """What happens next: the countdown to the probe, or how far the probes are; empty where nothing is due."""
    if snapshot.state is BreakerState.HALF_OPEN:
        done, wanted = snapshot.half_open["successes"], snapshot.config.half_open_successes
        return f"{done} of {count(wanted, 'probe')} ok"
    if snapshot.hold is not None:
        return (
            f"ends in {countdown(-since(snapshot.hold.until))}" if snapshot.hold.until is not None else "until released"
        )
    if snapshot.state is BreakerState.OPEN:
        return f"probe in {countdown(snapshot.retry_after)}" if snapshot.retry_after else "next call probes"
    return ""


def failure(snapshot: BreakerSnapshot) -> str:
    """The last failure and how long ago it was; empty when there was none."""
    last = snapshot.last_failure
    if last is None:
        return ""
    return f"{last}, {span(since(last.at))} ago" if last.at is not None else str(last)


def failed(snapshot: BreakerSnapshot, share: float | None) -> str:
    """The failed percentage, or "refused" where nobody is let in and a percentage would mislead."""
    return "refused" if snapshot.state in (BreakerState.OPEN, BreakerState.FORCED_OPEN) else percent(share)


def evidence(facts: Mapping[str, Any]) -> str:
    """What a transition goes by, in words; figures that are 0 say nothing."""
    return " · ".join(_said(name, value) for name, value in facts.items() if value)


def _said(name: str, value: Any) -> str:
    one, many = _EVIDENCE.get(name, (f"{name} {{}}", f"{name} {{}}"))
    return (one if value == 1 else many).format(value)
