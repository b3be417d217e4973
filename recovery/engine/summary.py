"""Reports counted: by severity, by reason, and the latest of them."""

from __future__ import annotations

from .fields import Field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from .context import ErrorReport

_MOST_RECENT = 10
_HOURS = Field(default=24.0, low=0, unit="h", help="How far a summary looks back.")
_HOURS.name = "hours"


def summary_of(reports: Sequence[ErrorReport], hours: float, now: datetime) -> dict[str, Any]:
    """Plain data on the reports of the last ``hours``; ``recent_errors`` are the last 10, newest first."""
    if problem := _HOURS.problem(hours):
        raise ValueError(problem)
    within = [report for report in reports if (now - report.timestamp).total_seconds() <= hours * 3600]
    return {
        "time_range_hours": hours,
        "total_errors": len(within),
        "severity_breakdown": _counted(report.severity.value for report in within),
        "reason_breakdown": _counted(report.reason.value for report in within),
        "recent_errors": [report.as_dict() for report in within[: -_MOST_RECENT - 1 : -1]],
    }


def _counted(words: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts
