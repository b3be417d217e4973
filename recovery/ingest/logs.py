"""Log records as services ship them, scrubbed once more. How long and how many are kept is the worker's business."""

from __future__ import annotations

from typing import Any

from recovery import wire
from recovery.engine.scrub import scrub_text, scrub_value
from recovery.models import LogRecord
from recovery.models.sql import insert_new

from .jobs import Job
from .rows import Unit
from .times import moment
from .transitions import News

_COLUMNS = ("service_id", "process_id", "seq", "at", "level", "logger", "operation", "text", "extra")


def keep(news: News, unit: Unit) -> None:
    """Write the new ones. Results of in-process checks are only counted as yet."""
    rows = [_row(job, event) for job, events in news for event in events if type(event) is wire.Log]
    insert_new(LogRecord, _COLUMNS, rows)
    unit.count("logs", len(rows))
    unit.count("checks", sum(type(event) is wire.CheckResult for _, events in news for event in events))


def _row(job: Job, event: wire.Log) -> tuple[Any, ...]:
    peer = job.peer
    assert peer is not None
    extra: dict[str, Any] = {"fields": scrub_value(event.fields)} if event.fields else {}
    extra |= {name: value for name in ("where", "thread") if (value := getattr(event, name))}
    if event.traceback:
        extra["traceback"] = scrub_text(event.traceback)
    return (
        *(peer.service, peer.process, event.seq, moment(event.at, peer.offset, job.received), event.level),
        *(event.logger, event.operation, scrub_text(event.message), extra),
    )
