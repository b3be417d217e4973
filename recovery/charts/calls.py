"""The chart of a breaker's calls: bars of admitted, failed and refused, lines of p50 and p95, a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from .scale import ceiling

WIDTH, HEIGHT, BOTTOM, TOP = 1000.0, 180.0, 160.0, 20.0
LABELS = 5
LOWEST = 1.5  # what happened at all is seen


@dataclass(frozen=True, slots=True)
class Point:
    """One span. ``linked`` False: there are no numbers, not zeros; ``silence`` says why: none, pending, cut."""

    at: int
    linked: bool
    admitted: int = 0
    failures: int = 0
    refused: int = 0
    p95: float | None = None  # s
    state: str = ""  # as data-state names it
    p50: float | None = None
    p99: float | None = None
    silence: str = ""
    seconds: int | None = None  # of a span that goes on: how many have been counted

    @property
    def calls(self) -> int:
        """Admitted and refused."""
        return self.admitted + self.refused

    @property
    def moment(self) -> datetime:
        """Where the span begins."""
        return datetime.fromtimestamp(self.at, UTC)


@dataclass(frozen=True, slots=True)
class Mark:
    """A time on the axis."""

    x: float
    moment: datetime
    anchor: str


@dataclass(frozen=True, slots=True)
class CallsChart:
    """What the template draws, and the points for the table."""

    points: tuple[Point, ...]
    seconds: int
    step: float
    calls: str
    failures: str
    refused: str
    missing: str
    p95: tuple[str, ...]
    p50: tuple[str, ...]
    pending: str
    cut: str
    marks: tuple[Mark, ...]
    most_rate: float  # calls/s at the top line
    most_p95: float  # s at the top line
    told: Mapping[int, Sequence[str]]  # what happened in a span, by its start

    @property
    def rows(self) -> list[tuple[Point, str]]:
        """The points with what happened in each, for the table."""
        return [(point, ", ".join(self.told.get(point.at, ()))) for point in self.points]

    @property
    def silences(self) -> set[str]:
        """Which kinds of missing numbers there are."""
        return {point.silence for point in self.points if not point.linked}


def calls_chart(points: Sequence[Point], seconds: int, told: Mapping[int, Sequence[str]] | None = None) -> CallsChart:
    """Draw points of equal spans, oldest first; `told`: what happened in a span, by its start."""
    step = WIDTH / max(1, len(points))
    most = ceiling(max((point.calls / (point.seconds or seconds) for point in points), default=0.0))
    slowest = ceiling(max((point.p95 or 0.0 for point in points), default=0.0))
    heights = [_heights(point, most * (point.seconds or seconds)) for point in points]
    nothing = {silence: _columns(points, step, silence) for silence in ("none", "pending", "cut")}
    return CallsChart(
        points=tuple(points),
        seconds=seconds,
        step=step,
        calls="".join(_bar(i, step, 0, high[0]) for i, high in enumerate(heights) if high[0]),
        failures="".join(_bar(i, step, 0, high[1]) for i, high in enumerate(heights) if high[1]),
        refused="".join(_bar(i, step, high[0], high[2]) for i, high in enumerate(heights) if high[2]),
        missing=nothing["none"],
        pending=nothing["pending"],
        cut=nothing["cut"],
        p95=tuple(_lines([point.p95 for point in points], step, slowest)),
        p50=tuple(_lines([point.p50 for point in points], step, slowest)),
        marks=tuple(_marks(points, step, seconds)),
        most_rate=most,
        most_p95=slowest,
        told=told or {},
    )


def _columns(points: Sequence[Point], step: float, silence: str) -> str:
    """Full columns where numbers are missing for this reason."""
    places = [i for i, point in enumerate(points) if not point.linked and (point.silence or "none") == silence]
    return "".join(_bar(i, step, 0, BOTTOM - TOP) for i in places)


def _heights(point: Point, most: float) -> tuple[float, float, float]:
    """Of admitted, failed and refused."""
    unit = (BOTTOM - TOP) / most
    admitted, failed, refused = (count * unit for count in (point.admitted, point.failures, point.refused))
    return admitted, max(failed, LOWEST) if failed else 0.0, max(refused, LOWEST) if refused else 0.0


def _bar(index: int, step: float, above: float, height: float) -> str:
    x, base, width = index * step, BOTTOM - above, step * 0.86
    return f"M{x:.1f} {base:.1f}v{-height:.1f}h{width:.1f}v{height:.1f}z"


def _lines(values: Sequence[float | None], step: float, slowest: float) -> list[str]:
    """The line breaks where nothing was measured."""
    lines: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            lines.append([])
        else:
            y = BOTTOM - value / slowest * (BOTTOM - TOP)
            lines[-1].append(f"{(index + 0.43) * step:.1f},{y:.1f}")
    # One point alone is a short dash, or nobody would see it.
    return [" ".join(line if len(line) > 1 else [line[0], _beside(line[0], step)]) for line in lines if line]


def _beside(pair: str, step: float) -> str:
    x, _, y = pair.partition(",")
    return f"{float(x) + step * 0.4:.1f},{y}"


def _marks(points: Sequence[Point], step: float, seconds: int) -> list[Mark]:
    """A few times below, the last at the right edge."""
    if not points:
        return []
    every = max(1, len(points) // (LABELS - 1))
    indexes = range(0, len(points) - every // 2, every)
    marks = [Mark(round(i * step, 1), points[i].moment, "middle" if i else "start") for i in indexes]
    end = datetime.fromtimestamp(points[-1].at + seconds, UTC)
    return [*marks, Mark(WIDTH, end, "end")]
