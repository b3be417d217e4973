"""The chart of a breaker's calls: bars of admitted, failed and refused, a line of p95, a ribbon of states, a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from .scale import ceiling

WIDTH, HEIGHT, BOTTOM, TOP = 1000.0, 180.0, 160.0, 20.0
LABELS = 5
RIBBON = 12  # its height
LOWEST = 1.5  # what happened at all is seen


@dataclass(frozen=True, slots=True)
class Point:
    """One span. ``linked`` False: nobody was there to count, so there are no numbers, not zeros."""

    at: int
    linked: bool
    admitted: int = 0
    failures: int = 0
    refused: int = 0
    p95: float | None = None  # s
    state: str = ""  # as data-state names it

    @property
    def calls(self) -> int:
        """Admitted and refused."""
        return self.admitted + self.refused

    @property
    def moment(self) -> datetime:
        """Where the span begins."""
        return datetime.fromtimestamp(self.at, UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the ribbon: one state from x on. The worse the state, the lower the ribbon."""

    x: float
    width: float
    state: str
    y: int

    @property
    def high(self) -> int:
        """What is left of the ribbon's height."""
        return RIBBON - self.y


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
    ribbon: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    most_rate: float  # calls/s at the top line
    most_p95: float  # s at the top line


def calls_chart(points: Sequence[Point], seconds: int) -> CallsChart:
    """Draw points of equal spans, oldest first."""
    step = WIDTH / max(1, len(points))
    most = ceiling(max((point.calls for point in points), default=0) / seconds)
    slowest = ceiling(max((point.p95 or 0.0 for point in points), default=0.0))
    heights = [_heights(point, most * seconds) for point in points]
    return CallsChart(
        points=tuple(points),
        seconds=seconds,
        step=step,
        calls="".join(_bar(i, step, 0, high[0]) for i, high in enumerate(heights) if high[0]),
        failures="".join(_bar(i, step, 0, high[1]) for i, high in enumerate(heights) if high[1]),
        refused="".join(_bar(i, step, high[0], high[2]) for i, high in enumerate(heights) if high[2]),
        missing="".join(_bar(i, step, 0, BOTTOM - TOP) for i, point in enumerate(points) if not point.linked),
        p95=tuple(_lines(points, step, slowest)),
        ribbon=tuple(ribbon([point.state for point in points], WIDTH)),
        marks=tuple(_marks(points, step, seconds)),
        most_rate=most,
        most_p95=slowest,
    )


def _heights(point: Point, most: float) -> tuple[float, float, float]:
    """Of admitted, failed and refused."""
    unit = (BOTTOM - TOP) / most
    admitted, failed, refused = (count * unit for count in (point.admitted, point.failures, point.refused))
    return admitted, max(failed, LOWEST) if failed else 0.0, max(refused, LOWEST) if refused else 0.0


def _bar(index: int, step: float, above: float, height: float) -> str:
    x, base, width = index * step, BOTTOM - above, step * 0.86
    return f"M{x:.1f} {base:.1f}v{-height:.1f}h{width:.1f}v{height:.1f}z"


def _lines(points: Sequence[Point], step: float, slowest: float) -> list[str]:
    """The line breaks where nothing was measured."""
    lines: list[list[str]] = [[]]
    for index, point in enumerate(points):
        if point.p95 is None:
            lines.append([])
        else:
            y = BOTTOM - point.p95 / slowest * (BOTTOM - TOP)
            lines[-1].append(f"{(index + 0.43) * step:.1f},{y:.1f}")
    # One point alone is a short dash, or nobody would see it.
    return [" ".join(line if len(line) > 1 else [line[0], _beside(line[0], step)]) for line in lines if line]


def _beside(pair: str, step: float) -> str:
    x, _, y = pair.partition(",")
    return f"{float(x) + step * 0.4:.1f},{y}"


_LOW = {"open": 4, "forced-open": 4, "half-open": 2}


def ribbon(states: Sequence[str], width: float) -> list[Stretch]:
    """Equal spans of states, run together; bad ones hang lower, so that colour is not alone."""
    step, stretches = width / max(1, len(states)), list[Stretch]()
    for index, state in enumerate(states):
        if stretches and stretches[-1].state == state:
            last = stretches[-1]
            stretches[-1] = Stretch(last.x, round(last.width + step, 2), state, last.y)
        else:
            stretches.append(Stretch(round(index * step, 2), round(step, 2), state, _LOW.get(state, 0)))
    return stretches


def _marks(points: Sequence[Point], step: float, seconds: int) -> list[Mark]:
    """A few times below, the last at the right edge."""
    if not points:
        return []
    every = max(1, len(points) // (LABELS - 1))
    indexes = range(0, len(points) - every // 2, every)
    marks = [Mark(round(i * step, 1), points[i].moment, "middle" if i else "start") for i in indexes]
    end = datetime.fromtimestamp(points[-1].at + seconds, UTC)
    return [*marks, Mark(WIDTH, end, "end")]
