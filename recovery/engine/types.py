"""The types of the contract, by the names that other people's code is written against."""

from __future__ import annotations

from .breaker_config import BreakerConfig
from .context import ErrorContext, ErrorReport
from .enums import BreakerState, ErrorCategory, ErrorSeverity, RetryReason
from .retry_config import RetryConfig

__all__ = [
    "BreakerConfig",
    "BreakerState",
    "ErrorCategory",
    "ErrorContext",
    "ErrorReport",
    "ErrorSeverity",
    "RetryConfig",
    "RetryReason",
]
