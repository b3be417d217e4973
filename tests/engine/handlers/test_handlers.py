"""The five handlers: one table, thin classes, services add to it."""

from __future__ import annotations

import errno
import json

import pytest

from recovery.engine.context import ErrorContext
from recovery.engine.contracts import ServiceErrorHandler, checked_handler
from recovery.engine.enums import ErrorCategory, RetryReason
from recovery.engine.handlers import (
    DatabaseErrorHandler,
    DownloadErrorHandler,
    HttpErrorHandler,
    MetadataErrorHandler,
    StorageErrorHandler,
    _TableHandler,
)
from recovery.engine.rule import Rule
from recovery.engine.rules import RULES

HANDLERS = [DownloadErrorHandler, MetadataErrorHandler, StorageErrorHandler, DatabaseErrorHandler, HttpErrorHandler]
CONTEXT = ErrorContext("fetch")


class Odd(Exception):
    pass


OWN = Rule(
    name="odd",
    category=ErrorCategory.PERSISTENT,
    reason=RetryReason.INVALID_REQUEST,
    stop=True,
    types=(Odd,),
    suggestions=("Even it out",),
)


@pytest.mark.parametrize("kind", HANDLERS)
async def test_each_handles_the_common_errors(kind: type[_TableHandler]) -> None:
    handler = checked_handler(kind())
    assert isinstance(handler, ServiceErrorHandler)
    assert False is await handler.handle_error(TimeoutError(), CONTEXT)
    assert False is await handler.handle_error(PermissionError(), CONTEXT)
    assert False is await handler.handle_error(Odd(), CONTEXT)
    assert True is await handler.handle_error(FileNotFoundError(), CONTEXT)
    assert handler.get_recovery_suggestions(Odd()) == ["Review error logs for more details"]


@pytest.mark.parametrize("kind", HANDLERS)
async def test_rules_of_a_service_come_first(kind: type[_TableHandler]) -> None:
    class Own(kind):  # type: ignore[misc, valid-type]
        rules = (OWN,)

    for handler in (kind(rules=[OWN]), Own()):
        assert await handler.handle_error(Odd(), CONTEXT)
        assert handler.get_recovery_suggestions(Odd()) == ["Even it out"]
    assert not await kind().handle_error(Odd(), CONTEXT)


async def test_rules_added_to_the_shared_table_later_count_too() -> None:
    handler = HttpErrorHandler()
    before = RULES.rows
    RULES.add(OWN)
    try:
        assert await handler.handle_error(Odd(), CONTEXT)
    finally:
        RULES.restore(before)
    assert not await handler.handle_error(Odd(), CONTEXT)


@pytest.mark.parametrize(
    ("handler", "error", "stop", "reason"),
    [
        (DownloadErrorHandler(), Odd("Requested format is missing"), True, RetryReason.QUALITY_NOT_AVAILABLE),
        (DownloadErrorHandler(), Odd("This video has been removed"), True, RetryReason.NOT_FOUND),
        (DownloadErrorHandler(), Odd("retrieval incomplete: got 3 of 9"), False, RetryReason.DOWNLOAD_FAILED),
        (MetadataErrorHandler(), json.JSONDecodeError("bad", "{", 0), True, RetryReason.INVALID_REQUEST),
        (MetadataErrorHandler(), KeyError("title"), True, RetryReason.INVALID_REQUEST),
        (StorageErrorHandler(), OSError(errno.ENOSPC, "full"), False, RetryReason.RESOURCE_EXHAUSTED),
        (StorageErrorHandler(), Odd("checksum mismatch"), False, RetryReason.FILESYSTEM_ERROR),
        (DatabaseErrorHandler(), Odd("server has gone away"), False, RetryReason.DATABASE_ERROR),
        (DatabaseErrorHandler(), Odd("duplicate key value"), True, RetryReason.INVALID_REQUEST),
        (HttpErrorHandler(), Odd("too many redirects"), True, RetryReason.INVALID_REQUEST),
    ],
)
async def test_each_knows_its_own_field(
    handler: _TableHandler, error: Exception, stop: bool, reason: RetryReason
) -> None:
    assert stop is await handler.handle_error(error, CONTEXT)
    assert reason is handler.rule_for(error).reason
    assert handler.get_recovery_suggestions(error)


def test_the_rows_of_one_field_are_not_asked_by_the_others() -> None:
    assert RetryReason.UNKNOWN is HttpErrorHandler().rule_for(KeyError("title")).reason


def test_what_comes_back_is_the_callers_own_list() -> None:
    handler = HttpErrorHandler()
    handler.get_recovery_suggestions(TimeoutError()).clear()
    assert handler.get_recovery_suggestions(TimeoutError())
