"""The words of the field: reasons, categories, severities and the states of a breaker."""

from __future__ import annotations

from enum import StrEnum


class RetryReason(StrEnum):
    """Why an attempt failed, as far as its exception tells."""

    NETWORK_ERROR = "network_error"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    API_QUOTA_EXCEEDED = "api_quota_exceeded"
    SERVICE_UNAVAILABLE = "service_unavailable"
    TEMPORARY_UNAVAILABLE = "temporary_unavailable"
    SERVER_ERROR = "server_error"
    RESOURCE_EXHAUSTED = "resource_exhausted"
    DOWNLOAD_FAILED = "download_failed"
    QUALITY_NOT_AVAILABLE = "quality_not_available"
    AUTHENTICATION_FAILED = "authentication_failed"
    INVALID_REQUEST = "invalid_request"
    NOT_FOUND = "not_found"
    DATABASE_ERROR = "database_error"
    FILESYSTEM_ERROR = "filesystem_error"
    UNKNOWN = "unknown"


class ErrorCategory(StrEnum):
    """What to do about an error: retry, report at once, protect, or be careful."""

    TRANSIENT = "transient"
    PERSISTENT = "persistent"
    SYSTEM = "system"
    UNKNOWN = "unknown"


class ErrorSeverity(StrEnum):
    """How loud a report is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class BreakerState(StrEnum):
    """Where a breaker stands. Compares equal to its words in any case, with ``-`` or ``_``."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF-OPEN"
    FORCED_OPEN = "FORCED-OPEN"
    DISABLED = "DISABLED"
    METRICS_ONLY = "METRICS-ONLY"

    @classmethod
    def _missing_(cls, value: object) -> BreakerState | None:
        """Let ``BreakerState("half_open")`` find its member."""
        wanted = _spelled(value) if isinstance(value, str) else None
        return next((member for member in cls if member.value == wanted), None)

    def __eq__(self, other: object) -> bool:
        """Equal to itself and to its word, however it is spelled."""
        if isinstance(other, BreakerState):
            return self is other
        return self.value == _spelled(other) if isinstance(other, str) else NotImplemented

    def __ne__(self, other: object) -> bool:
        """The opposite of ``==`` (``str`` brings its own otherwise)."""
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    def __hash__(self) -> int:
        """The hash of the canonical word, so that dictionaries find it by that."""
        return hash(self.value)


def _spelled(word: str) -> str:
    return str(word).upper().replace("_", "-")
