"""Retrying: the strategies, the executor, ``ExponentialBackoff``, budgets and ``@retry``.

The module can be called as the decorator itself: ``recovery.engine.retry`` is the name of both, and whichever of the
two an import finds must do what ``@retry`` promises.
"""

from __future__ import annotations

import sys
from types import ModuleType

from .adaptive import AdaptiveStrategy
from .budget import RetryBudget
from .guards import AutoStrategy, CircuitBreakerStrategy
from .manager import ErrorRecoveryManager, ExponentialBackoff
from .operation import BudgetSnapshot, Operation, RetrySnapshot
from .retrier import Retrier
from .retry_decorator import retry
from .strategies import ExponentialBackoffStrategy, FixedDelayStrategy, ImmediateRetryStrategy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "AdaptiveStrategy",
    "AutoStrategy",
    "BudgetSnapshot",
    "CircuitBreakerStrategy",
    "ErrorRecoveryManager",
    "ExponentialBackoff",
    "ExponentialBackoffStrategy",
    "FixedDelayStrategy",
    "ImmediateRetryStrategy",
    "Operation",
    "Retrier",
    "RetryBudget",
    "RetrySnapshot",
    "retry",
]


class _CallableModule(ModuleType):
    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """As ``retry.retry``."""
        return retry(*args, **keywords)


sys.modules[__name__].__class__ = _CallableModule
