"""Python's own exceptions, by type, errno and nothing else."""

from __future__ import annotations

import asyncio
import concurrent.futures
import errno
import json
import socket
import ssl
import subprocess

import pytest

from recovery.engine.classification import classify, reason_of
from recovery.engine.enums import ErrorCategory, RetryReason
from recovery.engine.errors import CircuitBreakerHeldError, CircuitBreakerOpenError

TRANSIENT, PERSISTENT, SYSTEM, UNKNOWN = (
    ErrorCategory.TRANSIENT, ErrorCategory.PERSISTENT, ErrorCategory.SYSTEM, ErrorCategory.UNKNOWN,
)  # fmt: skip


@pytest.mark.parametrize(
    ("exception", "category", "reason"),
    [
        (ConnectionError(), TRANSIENT, RetryReason.NETWORK_ERROR),
        (ConnectionResetError(errno.ECONNRESET, "reset"), TRANSIENT, RetryReason.NETWORK_ERROR),
        (BrokenPipeError(), TRANSIENT, RetryReason.NETWORK_ERROR),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), TRANSIENT, RetryReason.NETWORK_ERROR),
        (TimeoutError(), TRANSIENT, RetryReason.TIMEOUT),
        (concurrent.futures.TimeoutError(), TRANSIENT, RetryReason.TIMEOUT),
        (subprocess.TimeoutExpired("ls", 3), TRANSIENT, RetryReason.TIMEOUT),
        (BlockingIOError(errno.EAGAIN, "again"), TRANSIENT, RetryReason.TEMPORARY_UNAVAILABLE),
        (PermissionError("no"), SYSTEM, RetryReason.FILESYSTEM_ERROR),
        (MemoryError(), SYSTEM, RetryReason.RESOURCE_EXHAUSTED),
        (FileNotFoundError("gone"), PERSISTENT, RetryReason.NOT_FOUND),
        (IsADirectoryError("dir"), PERSISTENT, RetryReason.FILESYSTEM_ERROR),
        (ssl.SSLError(1, "handshake"), TRANSIENT, RetryReason.NETWORK_ERROR),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), PERSISTENT, RetryReason.AUTHENTICATION_FAILED),
        (CircuitBreakerOpenError("b", 3.0, None), TRANSIENT, RetryReason.SERVICE_UNAVAILABLE),
        (CircuitBreakerHeldError("b", None, None), TRANSIENT, RetryReason.SERVICE_UNAVAILABLE),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_type_alone_decides(exception: BaseException, category: ErrorCategory, reason: RetryReason) -> None:
    found = classify(exception)
    assert (category, reason) == (found.category, found.reason)
    assert reason == reason_of(exception)


@pytest.mark.parametrize(
    ("number", "category", "reason"),
    [
        (errno.ENOSPC, SYSTEM, RetryReason.RESOURCE_EXHAUSTED),
        (errno.EDQUOT, SYSTEM, RetryReason.RESOURCE_EXHAUSTED),
        (errno.ENOMEM, SYSTEM, RetryReason.RESOURCE_EXHAUSTED),
        (errno.EMFILE, SYSTEM, RetryReason.RESOURCE_EXHAUSTED),
        (errno.EROFS, SYSTEM, RetryReason.FILESYSTEM_ERROR),
        (errno.EIO, SYSTEM, RetryReason.FILESYSTEM_ERROR),
        (errno.EACCES, SYSTEM, RetryReason.FILESYSTEM_ERROR),
        (errno.ENOENT, PERSISTENT, RetryReason.NOT_FOUND),
        (errno.EHOSTUNREACH, TRANSIENT, RetryReason.NETWORK_ERROR),
        (errno.ECONNREFUSED, TRANSIENT, RetryReason.NETWORK_ERROR),
        (errno.ETIMEDOUT, TRANSIENT, RetryReason.TIMEOUT),
        (errno.EBUSY, TRANSIENT, RetryReason.TEMPORARY_UNAVAILABLE),
    ],
    ids=lambda value: errno.errorcode[value] if isinstance(value, int) else str(value),
)
def test_errno_decides_what_a_bare_oserror_is(number: int, category: ErrorCategory, reason: RetryReason) -> None:
    found = classify(OSError(number, "words that say nothing"))
    assert (category, reason) == (found.category, found.reason)


@pytest.mark.parametrize(
    "exception",
    [ValueError("x"), TypeError(), KeyError("k"), RuntimeError("boom"), ZeroDivisionError(), asyncio.CancelledError()],
    ids=lambda exception: type(exception).__name__,
)
def test_what_says_nothing_is_unknown(exception: BaseException) -> None:
    found = classify(exception)
    assert (found.category, found.reason, found.rule) == (UNKNOWN, RetryReason.UNKNOWN, "unknown")


def test_an_oserror_without_number_is_a_matter_of_files() -> None:
    assert reason_of(OSError("odd")) == RetryReason.FILESYSTEM_ERROR


def test_the_verdict_is_plain_data_and_says_which_rule() -> None:
    found = classify(TimeoutError())
    assert found.as_dict() == {"category": "transient", "reason": "timeout", "severity": "medium", "rule": "timeout"}
    assert json.dumps(found.as_dict())
