"""What one call knows of itself while it is being retried; made on its first failure, dropped with its end."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from .context import ErrorContext
    from .enums import RetryReason
    from .retry_config import RetryConfig

    class Lease(Protocol):
        """The right of a call to go on, given by the breaker that let it in: a ``Permit``."""

        @property
        def alive(self) -> bool:
            """Whether the breaker's period that it was let in during still goes on."""

        def attempt_failed(self, exc: BaseException, /) -> None:
            """A failed attempt that another follows."""


class Run:
    """One call in trouble. Defaults live on the class: an object without ``__init__`` costs a third."""

    config: RetryConfig
    attempt = 0  # number (0-based) of the attempt being made, or of the one that just failed
    made = 0  # attempts that ran and failed
    error: Exception | None = None  # what it raised; None where a returned value was refused
    last: Exception | None = None  # the last failure of the function's own (a breaker's refusal is none)
    value: Any = None  # the last value refused
    carried = 0  # attempts at the bottom: those of inner retries count themselves
    delays: tuple[float, ...] = ()
    reasons: tuple[RetryReason, ...] | None = None  # of each retry; kept only where limits or categories ask
    paid = False  # a budget's token is held for a retry that has not begun
    begun = False  # a stream has given its first item
    why = ""
    started = 0.0
    lease: Lease | None = None
    context: ErrorContext | None = None
