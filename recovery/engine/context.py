"""What was being done when something failed, and the report made of it."""

from __future__ import annotations

from collections.abc import Mapping

from .enums import ErrorCategory, ErrorSeverity, RetryReason
from .record import Record, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

_OLD_NAMES = {"operation": "operation_name", "context": "operation_context"}


class ErrorContext:
    """Where an error happened: the operation, its context, and any further keyword (in ``extras`` and as attribute).

    Raises TypeError when ``operation_name`` is missing or is no text, and names the old keywords it may have come as.
    """

    operation_name: str
    operation_context: dict[str, Any]
    service_name: str | None
    extras: dict[str, Any]

    def __init__(
        self,
        operation_name: str | None = None,
        operation_context: Mapping[str, Any] | None = None,
        service_name: str | None = None,
        **extras: Any,
    ) -> None:
        if operation_name is None:
            raise TypeError(f"ErrorContext needs operation_name (and takes operation_context){_hint(extras)}")
        if not _is_text(operation_name):
            raise TypeError(f"operation_name must be a text that is not empty, got {operation_name!r}")
        if operation_context is not None and not isinstance(operation_context, Mapping):
            raise TypeError(f"operation_context must be a mapping, got {type(operation_context).__name__}")
        if taken := extras.keys() & {"extras", "as_dict"}:
            raise TypeError(f"ErrorContext keeps {', '.join(sorted(taken))} for itself: choose another keyword")
        self.__dict__.update(extras)
        self.operation_name = operation_name
        self.operation_context = dict(operation_context or {})
        self.service_name = service_name
        self.extras = extras

    def as_dict(self) -> dict[str, Any]:
        """Plain data; the extras stand under ``extras``."""
        return {
            "operation_name": self.operation_name,
            "operation_context": plain(self.operation_context),
            "service_name": self.service_name,
            "extras": plain(self.extras),
        }

    def __eq__(self, other: object) -> bool:
        """Equal when everything in it is."""
        return self.__dict__ == other.__dict__ if isinstance(other, ErrorContext) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # its dicts may change

    def __repr__(self) -> str:
        """``ErrorContext('name', …)``."""
        rest = "".join(f", {k}={v!r}" for k, v in ({"service_name": self.service_name} | self.extras).items())
        return f"ErrorContext({self.operation_name!r}, {self.operation_context!r}{rest})"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _hint(extras: dict[str, Any]) -> str:
    old = [f"{name}= is now {_OLD_NAMES[name]}=" for name in _OLD_NAMES if name in extras]
    return f": {', '.join(old)}" if old else ""


class ErrorReport(Record):
    """One failed attempt or recorded failure, scrubbed and ready to be kept, shown or sent."""

    id: str
    timestamp: datetime
    severity: ErrorSeverity
    title: str
    message: str
    exception_type: str
    context: ErrorContext
    category: ErrorCategory
    reason: RetryReason
    suggested_actions: tuple[str, ...]
    recovery_possible: bool
    retry_recommended: bool
    attempt: int | None = None
    will_retry: bool = False
    traceback: str | None = None
