"""Log records for the console: a plain ``logging.Handler`` that scrubs, bounds and never waits."""

from __future__ import annotations

import logging

from recovery.engine.scrub import scrub_text, scrub_value
from recovery.wire import Log, limits

from .inbox import Inbox
from .texts import clean, tailed
from .timeline import Timeline
from .transitions import flat

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OURS = ("recovery.client", "websockets")  # what is said about the link does not travel over the link


class LogHandler(logging.Handler):
    """Puts records into the client's inbox; what finds it full is counted there."""

    def __init__(self, timeline: Timeline, inbox: Inbox, level: int) -> None:
        super().__init__(level)
        self._timeline = timeline
        self._inbox = inbox
        self._format = logging.Formatter()
        self._level_of_all = level
        self._louder: tuple[str, int] | None = None  # a logger that is followed from another level on

    def follow(self, logger: str, level: int) -> None:
        """Take records from this level on: of one logger and those below it, or (no name) of all."""
        self._louder = (logger, level) if logger else None
        self._level_of_all = self._level_of_all if logger else level
        self.setLevel(min(self._level_of_all, level))

    def renew(self, timeline: Timeline, inbox: Inbox) -> None:
        """In a forked child."""
        self._timeline, self._inbox = timeline, inbox

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        if record.name.startswith(_OURS) or record.levelno < self._least(record.name):
            return
        try:
            self._inbox.offer(self._told(record))
        except Exception:  # somebody's message does not fit its arguments, or its __str__ raises
            self.handleError(record)

    def _least(self, name: str) -> int:
        if self._louder is not None and f"{name}.".startswith(f"{self._louder[0]}."):
            return self._louder[1]
        return self._level_of_all

    def _told(self, record: logging.LogRecord) -> Log:
        extras = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        trace = self._format.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else None
        operation = extras.get("operation") or extras.get("breaker") or ""
        return Log(
            seq=0,
            at=self._timeline.now(),
            logger=clean(record.name, limits.NAME),
            level=min(max(record.levelno, 0), 1000),
            message=clean(scrub_text(record.getMessage()[: limits.TEXT * 2])),
            operation=clean(str(operation), limits.NAME),
            where=clean(f"{record.filename}:{record.lineno}", limits.NAME),
            thread=clean(record.threadName or "", limits.NAME),
            traceback=tailed(scrub_text(trace), limits.TRACEBACK) if trace else None,
            fields=flat(scrub_value(extras)) if extras else {},
        )
