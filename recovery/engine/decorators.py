"""``@circuit_breaker``."""

from __future__ import annotations

from .breaker import CircuitBreaker
from .wrapping import guard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, overload

    F = TypeVar("F", bound=Callable[..., Any])

    @overload
    def circuit_breaker(breaker: CircuitBreaker, /) -> Callable[[F], F]: ...

    @overload
    def circuit_breaker(func: F, /) -> F: ...

    @overload
    def circuit_breaker(
        failure_threshold: int | None = 5, reset_timeout: float = 60, **options: Any
    ) -> Callable[[F], F]: ...

    def circuit_breaker(*args: Any, **options: Any) -> Any:
        """Protect a function."""

else:

    def circuit_breaker(*args: Any, **options: Any) -> Any:
        """Protect a function: bare, with a :class:`CircuitBreaker`, or with the arguments of one.

        Without ``name=`` the breaker is called ``module.qualname`` of the function, which carries it as ``.breaker``.

        >>> @circuit_breaker(failure_threshold=3, recovery_timeout=30)
        ... def fetch():
        ...     return "ok"
        >>> fetch(), fetch.breaker.state.value
        ('ok', 'CLOSED')
        """
        return _decorator(args, options)


class _Trial(CircuitBreaker):
    """Checks the arguments of one; it guards nothing, and nobody hears of it."""

    __slots__ = ()

    def _enrol(self) -> None:
        """Left out: a second breaker of the name would be seen until the garbage is collected."""


def _decorator(args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    if len(args) == 1 and isinstance(args[0], CircuitBreaker):
        if options:
            raise TypeError(f"the breaker is made already: {', '.join(options)} cannot change it")
        return args[0]
    if len(args) == 1 and not options and (callable(args[0]) or isinstance(args[0], (classmethod, staticmethod))):
        return guard(CircuitBreaker(name=_name_of(args[0])), args[0])

    def decorate(func: F) -> F:
        named = options if options.get("name") is not None else options | {"name": _name_of(func)}
        wrapper: F = guard(CircuitBreaker(*args, **named), func)
        return wrapper

    if args or options:
        _Trial(*args, **options)  # wrong arguments are told where they stand, not where a function meets them
    return decorate


def _name_of(func: Any) -> str | None:
    func = getattr(func, "__func__", func)
    func = getattr(func, "func", func)
    module, name = getattr(func, "__module__", None), getattr(func, "__qualname__", None)
    if name is None:
        module, name = type(func).__module__, type(func).__qualname__
    return f"{module}.{name}" if module else str(name)
