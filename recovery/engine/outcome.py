"""Success, failure or neutral: what a breaker makes of an exception."""

from __future__ import annotations

from .errors import CircuitBreakerOpenError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    ExceptionTypes = type[BaseException] | tuple[type[BaseException], ...]
    ExceptionRule = ExceptionTypes | Callable[[BaseException], bool]

NEUTRAL, SUCCESS, FAILURE = 0, 1, 2
UNCOMMON = (CircuitBreakerOpenError, BaseExceptionGroup)
_EXITS = (KeyboardInterrupt, SystemExit, GeneratorExit)


class OutcomeRules:
    """``record``, ``ignore``, ``success`` of a breaker: classes, tuples of classes or predicates of the exception."""

    __slots__ = ("_groups", "_ignore", "_record", "_success", "_takes_refusals")

    def __init__(self, record: ExceptionRule, ignore: ExceptionRule, success: ExceptionRule) -> None:
        self._record = _checked("record", record)
        self._ignore = _checked("ignore", ignore)
        self._success = _checked("success", success)
        self._takes_refusals = any(issubclass(cls, CircuitBreakerOpenError) for cls in _classes(record))
        self._groups = tuple(cls for cls in _classes(record) if issubclass(cls, BaseExceptionGroup))

    def __call__(self, exc: BaseException) -> int:
        """The outcome of one exception; a predicate that raises is logged and makes it a failure."""
        if is_cancellation(exc):
            return NEUTRAL
        try:
            return self._outcome(exc)
        except Exception:
            from logging import getLogger

            log = getLogger("recovery.breaker")
            log.exception("a predicate of a circuit breaker raised; the call counts as failed")
            return FAILURE

    def _outcome(self, exc: BaseException) -> int:
        if _matches(self._ignore, exc):
            return NEUTRAL
        if isinstance(exc, BaseExceptionGroup):
            return self._group(exc)
        if _matches(self._success, exc):
            return SUCCESS
        if isinstance(exc, CircuitBreakerOpenError) and not self._takes_refusals:
            return NEUTRAL
        return FAILURE if _matches(self._record, exc) else NEUTRAL

    def _group(self, group: BaseExceptionGroup[Any]) -> int:
        """A group counts once: as failed if it or any member is recorded, else as answered if any member is."""
        if isinstance(group, self._groups):
            return FAILURE
        return max((self(member) for member in group.exceptions), default=NEUTRAL)


def is_cancellation(exc: BaseException) -> bool:
    """Whether it ends the task or the program rather than the call."""
    if isinstance(exc, Exception):
        return False
    return isinstance(exc, _EXITS) or any(cls.__name__ in ("CancelledError", "Cancelled") for cls in type(exc).__mro__)


def _classes(rule: ExceptionRule) -> tuple[type[BaseException], ...]:
    if isinstance(rule, tuple):
        return rule
    return (rule,) if isinstance(rule, type) else ()


def _checked(name: str, rule: Any) -> ExceptionRule:
    classes = rule if isinstance(rule, tuple) else (rule,) if isinstance(rule, type) else None
    legal = callable(rule) if classes is None else all(_is_exception(cls) for cls in classes)
    if not legal:
        wanted = "an exception class, a tuple of them or a predicate of the exception"
        raise TypeError(f"{name} must be {wanted}, got {rule!r}")
    checked: ExceptionRule = rule
    return checked


def _is_exception(cls: object) -> bool:
    return isinstance(cls, type) and issubclass(cls, BaseException)


def _matches(rule: ExceptionRule, exc: BaseException) -> bool:
    if isinstance(rule, (tuple, type)):
        return isinstance(exc, rule)
    return bool(rule(exc))


_DEFAULTS = OutcomeRules(Exception, (), ())


def default_outcome(exc: BaseException) -> int:
    """The outcome where every argument has its default: any Exception but a refusal is a failure."""
    if isinstance(exc, UNCOMMON):
        return _DEFAULTS(exc)
    return FAILURE if isinstance(exc, Exception) else NEUTRAL
