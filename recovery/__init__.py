"""Circuit breakers, retries and error recovery for Python services.

The everyday names; the rest is in ``recovery.engine``. Importing this loads no third-party module and no Django.
"""

from __future__ import annotations

from .engine import (
    AutoRecovery,
    BasicErrorReporter,
    BreakerConfig,
    BreakerState,
    CircuitBreaker,
    CircuitBreakerHeldError,
    CircuitBreakerOpenError,
    ErrorCategory,
    ErrorContext,
    ErrorRecoveryManager,
    ErrorSeverity,
    ExponentialBackoff,
    RetryBudget,
    RetryConfig,
    RetryReason,
    circuit_breaker,
    classify,
)
from .engine.retry_decorator import retry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .client import connect

__version__ = "0.1.0"
__all__ = [
    "AutoRecovery",
    "BasicErrorReporter",
    "BreakerConfig",
    "BreakerState",
    "CircuitBreaker",
    "CircuitBreakerHeldError",
    "CircuitBreakerOpenError",
    "ErrorCategory",
    "ErrorContext",
    "ErrorRecoveryManager",
    "ErrorSeverity",
    "ExponentialBackoff",
    "RetryBudget",
    "RetryConfig",
    "RetryReason",
    "circuit_breaker",
    "classify",
    "connect",
    "retry",
]


def __getattr__(name: str) -> Any:
    """``connect`` brings websockets and msgspec along: it is imported when somebody asks for it."""
    if name == "connect":
        from .client import connect

        return connect
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
