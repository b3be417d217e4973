"""Error reports: kept in memory, written to a daily file, summed up, and handed to sinks.

Reports are scrubbed before anything else happens to them, and never keep an exception or its frames alive.
"""

from __future__ import annotations

import sys
from collections import deque

from .clock import checked_clock
from .contracts import ErrorReporter
from .reports import make_report
from .sinks import add_sink, remove_sink
from .summary import summary_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from typing import Any

    from .clock import Clock
    from .context import ErrorContext, ErrorReport
    from .enums import ErrorSeverity

__all__ = ["BasicErrorReporter", "add_sink", "remove_sink"]

_KEPT = 100


class BasicErrorReporter(ErrorReporter):
    """Keeps the last 100 reports and appends each as one JSON line to ``<reports_dir>/errors-YYYY-MM-DD.jsonl`` (UTC).

    The directory is made when the first report is written. One that cannot be written to is logged once, never raised.
    """

    def __init__(self, reports_dir: str | PathLike[str] = "logs/error_reports", clock: Clock | None = None) -> None:
        self.reports_dir = reports_dir
        self._clock = checked_clock(clock)
        self._recent: deque[ErrorReport] = deque(maxlen=_KEPT)
        self._complained = False

    @property
    def recent(self) -> list[ErrorReport]:
        """The last 100 reports, oldest first."""
        while True:
            try:
                return list(self._recent)
            except RuntimeError:  # another thread added one meanwhile
                continue

    async def report_error(
        self, exception: BaseException, severity: ErrorSeverity, context: ErrorContext
    ) -> ErrorReport:
        """Make, keep and write a report; returns when it is written, and meanwhile leaves the event loop alone."""
        report = make_report(exception, severity, context, clock=self._clock)
        del exception  # the frame of a coroutine that waits must not keep it
        self._recent.append(report)
        loop = _event_loop()
        if loop is None:
            self._write(report)
        else:
            await loop.run_in_executor(None, self._write, report)
        return report

    async def get_error_summary(self, hours: float = 24) -> dict[str, Any]:
        """What the last ``hours`` brought, of the reports in memory; ValueError when hours is no number >= 0."""
        return summary_of(self.recent, hours, self._clock.now())

    def _write(self, report: ErrorReport) -> None:
        from json import dumps
        from pathlib import Path

        try:
            line = dumps(report.as_dict()) + "\n"
            path = Path(self.reports_dir)
            path.mkdir(parents=True, exist_ok=True)
            # Unbuffered and appending: one write per line, so that threads and processes don't mix theirs.
            with (path / f"errors-{report.timestamp:%Y-%m-%d}.jsonl").open("ab", buffering=0) as file:
                file.write(line.encode())
        except Exception as error:
            self._complain(error)

    def _complain(self, error: Exception) -> None:
        if self._complained:
            return
        self._complained = True
        from logging import getLogger

        getLogger("recovery.reporting").warning(
            "error reports cannot be written to %s: %s (said once)", self.reports_dir, error
        )


def _event_loop() -> Any:
    """The event loop that this thread must not block, or None."""
    asyncio = sys.modules.get("asyncio")
    loop = None if asyncio is None else asyncio._get_running_loop()
    # The stand-in of ``drive`` serves one coroutine on behalf of plain code, which waits anyway.
    return None if type(loop).__module__ == f"{__package__}.drive_loop" else loop
