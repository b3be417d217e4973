"""Which configuration governs the call that is being made: an explicit one reaches inside the strategy's methods.

A strategy may be shared by many calls at once, so the answer cannot be kept on it. It travels in a context variable,
set only while one of its methods runs; tasks and threads have contexts of their own and never see each other's.
"""

from __future__ import annotations

from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NamedTuple

    from .enums import ErrorCategory
    from .retry_config import RetryConfig

    class Governing(NamedTuple):
        """What a strategy's method is asked under."""

        strategy: Any
        config: RetryConfig
        retried: int
        category: ErrorCategory
else:
    from collections import namedtuple

    Governing = namedtuple("Governing", "strategy config retried category")

GOVERNING: ContextVar[Governing | None] = ContextVar("recovery_governing", default=None)


def governing(strategy: Any) -> Governing | None:
    """What governs the present call of this strategy's methods; None outside of a retry."""
    found = GOVERNING.get()
    return found if found is not None and found.strategy is strategy else None
