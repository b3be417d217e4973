"""The engine: everything that a service imports. Standard library only; nothing here needs a console or a network."""

from __future__ import annotations

from . import registry
from . import retry as retry  # the module, which can be called as the decorator
from .autorecovery import AutoRecovery
from .breaker import CircuitBreaker
from .classification import Classification, Rule, Rules, add_rule, classify, reason_of, remove_rule
from .contracts import ErrorReporter, RetryStrategy, ServiceErrorHandler
from .decorators import circuit_breaker
from .errors import CircuitBreakerHeldError, CircuitBreakerOpenError, IllegalTransition
from .events import BreakerEvent, Hold, LastFailure, Transition
from .handlers import (
    DatabaseErrorHandler,
    DownloadErrorHandler,
    HttpErrorHandler,
    MetadataErrorHandler,
    StorageErrorHandler,
)
from .permit import Permit
from .reporting import BasicErrorReporter, add_sink, remove_sink
from .retry import (
    AdaptiveStrategy,
    AutoStrategy,
    BudgetSnapshot,
    CircuitBreakerStrategy,
    ErrorRecoveryManager,
    ExponentialBackoff,
    ExponentialBackoffStrategy,
    FixedDelayStrategy,
    ImmediateRetryStrategy,
    Operation,
    Retrier,
    RetryBudget,
    RetrySnapshot,
)
from .rules import suggestions_for
from .scrub import scrub_text, scrub_value
from .snapshot import BreakerSnapshot
from .types import (
    BreakerConfig,
    BreakerState,
    ErrorCategory,
    ErrorContext,
    ErrorReport,
    ErrorSeverity,
    RetryConfig,
    RetryReason,
)

__all__ = [
    "AdaptiveStrategy",
    "AutoRecovery",
    "AutoStrategy",
    "BasicErrorReporter",
    "BreakerConfig",
    "BreakerEvent",
    "BreakerSnapshot",
    "BreakerState",
    "BudgetSnapshot",
    "CircuitBreaker",
    "CircuitBreakerHeldError",
    "CircuitBreakerOpenError",
    "CircuitBreakerStrategy",
    "Classification",
    "DatabaseErrorHandler",
    "DownloadErrorHandler",
    "ErrorCategory",
    "ErrorContext",
    "ErrorRecoveryManager",
    "ErrorReport",
    "ErrorReporter",
    "ErrorSeverity",
    "ExponentialBackoff",
    "ExponentialBackoffStrategy",
    "FixedDelayStrategy",
    "Hold",
    "HttpErrorHandler",
    "IllegalTransition",
    "ImmediateRetryStrategy",
    "LastFailure",
    "MetadataErrorHandler",
    "Operation",
    "Permit",
    "Retrier",
    "RetryBudget",
    "RetryConfig",
    "RetryReason",
    "RetrySnapshot",
    "RetryStrategy",
    "Rule",
    "Rules",
    "ServiceErrorHandler",
    "StorageErrorHandler",
    "Transition",
    "add_rule",
    "add_sink",
    "circuit_breaker",
    "classify",
    "reason_of",
    "registry",
    "remove_rule",
    "remove_sink",
    "retry",
    "scrub_text",
    "scrub_value",
    "suggestions_for",
]
