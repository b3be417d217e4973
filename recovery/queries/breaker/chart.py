"""The chart of a breaker: what was counted, what was done to it, how it stood, and where nobody was there to count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from recovery import moment
from recovery.charts.calls import CallsChart, Point, calls_chart
from recovery.charts.histogram import merged, percentile
from recovery.charts.marks import Placed, place
from recovery.charts.ribbon import Ribbon, overlaid
from recovery.queries import figures
from recovery.rollups.retention import horizon

from .counted import Counted, counted, rank
from .coverage import Gap, unlinked, within
from .marks import MOST, Happened, happened
from .past_states import Past, Stay, past_states
from .spans import SHORTEST, SPANS, Span
from .which import Which, by_id

__all__ = ["SHORTEST", "SPANS", "Chart", "chart"]


@dataclass(frozen=True, slots=True)
class Latency:
    """Over the whole span, from its histograms added up."""

    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawings, and what they are of."""

    breaker: int
    span: Span
    start: datetime
    end: datetime
    drawn: CallsChart
    ribbon: Ribbon
    marks: tuple[Placed, ...]
    latency: Latency
    late: bool  # the aggregates stopped before the end
    cut_at: datetime | None  # retention keeps nothing before

    @property
    def capped(self) -> bool:
        """Whether older marks may have been left out."""
        return len(self.marks) >= MOST


@dataclass(frozen=True, slots=True)
class _Frame:
    """The steps, and what is known of their edges; seconds since the epoch."""

    span: Span
    start: int
    end: int
    rolled: int  # what was called before is added up
    cut: int  # what was counted before is not kept
    late: bool

    def steps(self) -> range:
        return range(self.start, self.end, self.span.seconds)


def chart(key: int, name: str = SHORTEST) -> Chart | None:
    """Sixteen queries at most, whatever the span and however long its history."""
    span, which = SPANS.get(name), by_id(key)
    if span is None or which is None:
        return None
    now = moment.now()
    frame = _frame(span, now)
    rows = counted(key, span, frame.start, frame.end)
    past = past_states(key, which.service_id, frame.start, min(frame.end, now.timestamp()))
    stays = [*_stays_of(rows, frame, past, now), *past.stays]
    points = _points(rows, frame, unlinked(key, which.service_id, *_missing(rows, frame)), stays)
    return _made(which, frame, points, rows, stays, now)


def _made(
    which: Which, frame: _Frame, points: list[Point], rows: dict[int, Counted], stays: list[Stay], now: datetime
) -> Chart:
    its = happened(which, datetime.fromtimestamp(frame.start, UTC), now)
    marks = place(its, frame.start, frame.end)
    total = merged(row.hist for row in rows.values())
    return Chart(
        breaker=which.id,
        span=frame.span,
        start=datetime.fromtimestamp(frame.start, UTC),
        end=datetime.fromtimestamp(frame.end, UTC),
        drawn=calls_chart(points, frame.span.seconds, _told(its, frame)),
        ribbon=_ribbon(points, stays, frame, now),
        marks=tuple(marks),
        latency=Latency(*(percentile(total, share) for share in (0.5, 0.95, 0.99))),
        late=frame.late,
        cut_at=datetime.fromtimestamp(frame.cut, UTC) if frame.cut > frame.start else None,
    )


def _frame(span: Span, now: datetime) -> _Frame:
    window = figures.window(now)
    upto = int(now.timestamp() - figures.SETTLED) if window.late else window.end
    whole = upto // span.seconds * span.seconds
    end = whole + span.seconds if span.open_step and whole < now.timestamp() else whole
    return _Frame(span, end - span.seconds * span.count, end, window.end, span.kept_since(now), window.late)


def _missing(rows: dict[int, Counted], frame: _Frame) -> tuple[int, int, int]:
    """From the first step without a row to the end of the last one; where every step has one, nothing."""
    missing = [at for at in frame.steps() if at not in rows] or [frame.end]
    return missing[0], min(frame.end, missing[-1] + frame.span.seconds), frame.span.seconds


def _stays_of(rows: dict[int, Counted], frame: _Frame, past: Past, now: datetime) -> list[Stay]:
    """Where changes are not known one by one, the worst state that a step's reports told."""
    known = max(past.known_from, horizon("transitions", now))
    return [
        Stay(at, min(at + frame.span.seconds, known), rows[at].worst)
        for at in sorted(rows)
        if at < known and rows[at].worst not in {"", "CLOSED"}
    ]


def _points(rows: dict[int, Counted], frame: _Frame, gaps: list[Gap], stays: list[Stay]) -> list[Point]:
    return [
        _point(at, rows.get(at), _silence(at, frame, gaps), _worst(at, frame, stays), frame) for at in frame.steps()
    ]


def _silence(at: int, frame: _Frame, gaps: list[Gap]) -> str:
    """Why a step has no numbers: not kept any more, nobody was there, not added up yet; or it has: they are zero."""
    if at < frame.cut:
        return "cut"
    if within(gaps, at, at + frame.span.seconds):
        return "none"
    return "pending" if at >= frame.rolled - frame.span.lag else ""


def _worst(at: int, frame: _Frame, stays: list[Stay]) -> str:
    until = at + frame.span.seconds
    return min((stay.state for stay in stays if stay.start < until and stay.end > at), key=rank, default="")


def _point(at: int, row: Counted | None, silence: str, worst: str, frame: _Frame) -> Point:
    state = worst.lower()
    if row is None:
        return Point(at, linked=not silence, silence=silence, state=state or ("none" if silence else "closed"))
    p50, p95, p99 = (percentile(row.hist, share) for share in (0.5, 0.95, 0.99))
    counted_for = min(frame.rolled, at + frame.span.seconds) - at
    return Point(
        *(at, True, row.admitted, row.failures, row.refused),
        p95=p95,
        p50=p50,
        p99=p99,
        state=state or "closed",
        seconds=counted_for if 0 < counted_for < frame.span.seconds else None,
    )


def _ribbon(points: list[Point], stays: list[Stay], frame: _Frame, now: datetime) -> Ribbon:
    """A step that goes on has a future, of which nothing is said."""
    seconds, present = frame.span.seconds, now.timestamp()
    told = ((point.at, "none" if point.silence in {"none", "cut"} else "closed") for point in points)
    base = [(float(at), min(present, at + seconds), state) for at, state in told]
    return overlaid(base, [(stay.start, stay.end, stay.state.lower()) for stay in stays], frame.start, frame.end)


def _told(its: tuple[Happened, ...], frame: _Frame) -> dict[int, list[str]]:
    """What happened in each step, in words."""
    told: dict[int, list[str]] = {}
    for each in its:
        at = max(frame.start, int(each.at.timestamp()) // frame.span.seconds * frame.span.seconds)
        told.setdefault(at, []).append(f"{each.word} by {each.actor}" if each.actor else each.word)
    return told
