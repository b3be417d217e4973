"""The engine's exceptions.

Exception
├── CircuitBreakerOpenError      a call was refused
│   └── CircuitBreakerHeldError  … because an operator holds the breaker open
└── ValueError
    └── IllegalTransition        a state change that the table does not know
"""

from __future__ import annotations

from .enums import BreakerState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from .events import LastFailure

    class Refusal(Protocol):
        """What refused: a period of a breaker that admits nobody."""

        def refused_name(self) -> str | None:
            """Name of the breaker."""

        def refused_wait(self, at: int) -> float | None:
            """Seconds until a call may be let in, seen from ``at`` (ns); None: nobody knows."""

        def refused_after(self) -> LastFailure | None:
            """Type and text of the failure behind it."""


class CircuitBreakerOpenError(Exception):
    """A call was refused. ``name``, ``retry_after`` (s, None when nobody knows) and ``last_failure`` say more.

    It is raised on the hot path as ``CircuitBreakerOpenError(refusal, at)`` and works out its texts when asked; made by
    hand it takes the three values themselves.
    """

    @property
    def _facts(self) -> tuple[str | None, float | None, LastFailure | str | None]:
        args: tuple[Any, ...] = self.args
        if len(args) == 2 and hasattr(args[0], "refused_wait"):
            refusal: Refusal = args[0]
            return refusal.refused_name(), refusal.refused_wait(args[1]), refusal.refused_after()
        name, retry_after, last_failure = (*args, None, None, None)[:3]
        return name, retry_after, last_failure

    @property
    def name(self) -> str | None:
        """The breaker's name."""
        return self._facts[0]

    @property
    def retry_after(self) -> float | None:
        """Seconds after which a call may be let in, seen from the refusal; None when nobody knows."""
        return self._facts[1]

    @property
    def last_failure(self) -> LastFailure | str | None:
        """The last failure: ``type`` and ``text`` (its ``str`` is ``Type: text``)."""
        return self._facts[2]

    def __str__(self) -> str:
        """One sentence: who refused, for how long, and why."""
        name, wait, last = self._facts
        text = f"circuit breaker {name!r} {self._verb}" if name else f"circuit breaker {self._verb}"
        if wait is not None:
            text += f", retry after {wait:.3g} s"
        return f"{text}; last failure: {last}" if last else text

    def __repr__(self) -> str:
        """``CircuitBreakerOpenError(name, retry_after)``."""
        return f"{type(self).__name__}({self.name!r}, retry_after={self.retry_after!r})"

    _verb = "is open"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the three values (the breaker itself stays where it is)."""
        return (type(self), self._facts)


class CircuitBreakerHeldError(CircuitBreakerOpenError):
    """A call was refused because an operator holds the breaker open."""

    _verb = "is held open by an operator"


class IllegalTransition(ValueError):
    """A state change that the table does not know; names both states."""

    def __init__(self, before: BreakerState, after: BreakerState, why: str = "") -> None:
        super().__init__(f"a breaker cannot go from {before.value} to {after.value}{': ' + why if why else ''}")
        self.before = before
        self.after = after
        self.why = why

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by both states."""
        return (type(self), (self.before, self.after, self.why))
