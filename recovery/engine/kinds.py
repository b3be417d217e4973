"""The kinds of trouble: category, reason, severity, stop or go on, and advice, said once for all rows of a kind."""

from __future__ import annotations

from . import advice
from .enums import ErrorCategory, ErrorSeverity, RetryReason
from .rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def row(name: str, kind: Rule, **conditions: Any) -> Rule:
    """A row of the table: this kind of trouble, under these conditions."""
    made: Rule = kind.replace(name=name, **conditions)
    return made


def _transient(reason: RetryReason, suggestions: tuple[str, ...]) -> Rule:
    return Rule(name="", category=ErrorCategory.TRANSIENT, reason=reason, suggestions=suggestions)


def _persistent(reason: RetryReason, suggestions: tuple[str, ...]) -> Rule:
    return Rule(
        name="", category=ErrorCategory.PERSISTENT, reason=reason, severity=ErrorSeverity.HIGH,
        stop=True, suggestions=suggestions,
    )  # fmt: skip


def _system(reason: RetryReason, suggestions: tuple[str, ...], severity: ErrorSeverity = ErrorSeverity.HIGH) -> Rule:
    return Rule(name="", category=ErrorCategory.SYSTEM, reason=reason, severity=severity, suggestions=suggestions)


NETWORK = _transient(RetryReason.NETWORK_ERROR, advice.NETWORK)
TIMEOUT = _transient(RetryReason.TIMEOUT, advice.TIMEOUT)
RATE_LIMITED = _transient(RetryReason.RATE_LIMITED, advice.RATE_LIMITED)
QUOTA = _transient(RetryReason.API_QUOTA_EXCEEDED, advice.QUOTA)  # a rate limit by another name: Retry-After rules
UNAVAILABLE = _transient(RetryReason.SERVICE_UNAVAILABLE, advice.UNAVAILABLE)
TEMPORARY = _transient(RetryReason.TEMPORARY_UNAVAILABLE, advice.UNAVAILABLE)
SERVER_ERROR = _transient(RetryReason.SERVER_ERROR, advice.SERVER_ERROR)
DATABASE_BUSY = _transient(RetryReason.DATABASE_ERROR, advice.DATABASE_BUSY)
DOWNLOAD = _transient(RetryReason.DOWNLOAD_FAILED, advice.DOWNLOAD)

AUTHENTICATION = _persistent(RetryReason.AUTHENTICATION_FAILED, advice.AUTHENTICATION)
CERTIFICATE = _persistent(RetryReason.AUTHENTICATION_FAILED, advice.CERTIFICATE)
INVALID_REQUEST = _persistent(RetryReason.INVALID_REQUEST, advice.INVALID_REQUEST)
METADATA = _persistent(RetryReason.INVALID_REQUEST, advice.METADATA)
STATEMENT = _persistent(RetryReason.INVALID_REQUEST, advice.DATABASE_STATEMENT)
PRECONDITION = _persistent(RetryReason.INVALID_REQUEST, advice.PRECONDITION)
NOT_FOUND = _persistent(RetryReason.NOT_FOUND, advice.NOT_FOUND)
FILE_MISSING = _persistent(RetryReason.NOT_FOUND, advice.FILE_MISSING)
SOURCE_GONE = _persistent(RetryReason.NOT_FOUND, advice.SOURCE_GONE)
WRONG_PATH = _persistent(RetryReason.FILESYSTEM_ERROR, advice.WRONG_PATH)
QUALITY = _persistent(RetryReason.QUALITY_NOT_AVAILABLE, advice.QUALITY)

PERMISSION = _system(RetryReason.FILESYSTEM_ERROR, advice.PERMISSION)
FILESYSTEM = _system(RetryReason.FILESYSTEM_ERROR, advice.FILESYSTEM)
DISK_FULL = _system(RetryReason.RESOURCE_EXHAUSTED, advice.DISK_FULL, ErrorSeverity.CRITICAL)
MEMORY = _system(RetryReason.RESOURCE_EXHAUSTED, advice.MEMORY, ErrorSeverity.CRITICAL)
TOO_MANY_OPEN = _system(RetryReason.RESOURCE_EXHAUSTED, advice.TOO_MANY_OPEN)
DATABASE = _system(RetryReason.DATABASE_ERROR, advice.DATABASE)
DATABASE_FULL = _system(RetryReason.RESOURCE_EXHAUSTED, advice.DATABASE_FULL)
