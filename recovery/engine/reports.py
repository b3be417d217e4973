"""A failure made into an ErrorReport: scrubbed, bounded, and without the exception or its frames."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .clock import SYSTEM_CLOCK
from .context import ErrorContext, ErrorReport
from .enums import ErrorCategory, ErrorSeverity
from .facts import read, text_of
from .rule import LOOK_IN_THE_LOGS
from .rules import RULES
from .scrub import scrub_text, scrub_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .clock import Clock

_LONGEST_MESSAGE = 2_000
_LONGEST_TRACEBACK = 16_000
_MOST_FRAMES = 30


def make_report(
    exception: BaseException,
    severity: ErrorSeverity,
    context: ErrorContext,
    *,
    attempt: int | None = None,
    will_retry: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> ErrorReport:
    """The report of one failure. ``severity`` may be its word; ValueError when it is no severity."""
    rule = RULES.find(exception)
    where = _scrubbed(context)
    kind = type(exception).__qualname__
    return ErrorReport(
        id=os.urandom(16).hex(),
        timestamp=clock.now(),
        severity=ErrorSeverity(severity),
        title=f"{kind} in {where.operation_name}",
        message=_short(scrub_text(text_of(exception)) or kind, _LONGEST_MESSAGE),
        exception_type=kind,
        context=where,
        category=rule.category,
        reason=rule.reason,
        suggested_actions=rule.suggestions or (LOOK_IN_THE_LOGS,),
        recovery_possible=rule.category is not ErrorCategory.PERSISTENT,
        retry_recommended=rule.category in (ErrorCategory.TRANSIENT, ErrorCategory.SYSTEM),
        attempt=attempt,
        will_retry=will_retry,
        traceback=_traceback_of(exception),
    )


def context_of(context: object, operation_name: str, service_name: str | None) -> ErrorContext:
    """An ErrorContext as given, or one made of a mapping or of nothing."""
    if isinstance(context, ErrorContext):
        return context
    details = context if isinstance(context, Mapping) else None
    return ErrorContext(operation_name or "unknown", details, service_name)


def _scrubbed(context: object) -> ErrorContext:
    """A copy without secrets, made of plain data only."""
    if not isinstance(context, ErrorContext):  # a stand-in of somebody's test, or a plain mapping
        name = read(context, "operation_name")
        context = context_of(context, name if isinstance(name, str) else "unknown", None)
    extras: dict[str, Any] = scrub_value(context.extras)
    service = context.service_name
    return ErrorContext(
        _short(scrub_text(context.operation_name), _LONGEST_MESSAGE),
        scrub_value(context.operation_context),
        None if service is None else scrub_text(service),
        **{name: value for name, value in extras.items() if name not in _RESERVED},
    )


_RESERVED = ("extras", "as_dict", "operation_name", "operation_context", "service_name")


def _traceback_of(exception: BaseException) -> str | None:
    from traceback import format_exception

    try:
        text = "".join(format_exception(exception, limit=-_MOST_FRAMES))
    except Exception:  # it calls __str__ and reads __notes__ of other people's exceptions
        return None
    if len(text) > 2 * _LONGEST_TRACEBACK:
        text = f"{text[:_LONGEST_TRACEBACK]}\n…\n{text[-_LONGEST_TRACEBACK:]}"
    return _short(scrub_text(text), _LONGEST_TRACEBACK)


def _short(text: str, longest: int) -> str:
    """The text, its middle left out when it is too long."""
    if len(text) <= longest:
        return text
    return f"{text[: longest // 4]} … {text[-(longest * 3 // 4) + 3 :]}"
