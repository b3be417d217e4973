"""``@retry``: the keywords, and the wrappers round plain functions, coroutines, generators and async generators."""

from __future__ import annotations

from .adaptive import AdaptiveStrategy
from .budget import checked_budget
from .callables import ASYNC_GENERATOR, COROUTINE, GENERATOR, kind_of
from .clock import checked_clock
from .contracts import checked_handler, checked_reporter, checked_strategy
from .guards import AutoStrategy
from .operation import Operation
from .retrier import Retrier
from .retry_config import RetryConfig
from .signature import Template, dressed, wrapper_of
from .strategies import ExponentialBackoffStrategy, FixedDelayStrategy, ImmediateRetryStrategy, checked_config
from .streams import astream, stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol, TypeVar, overload

    from .budget import RetryBudget
    from .clock import Clock
    from .contracts import ErrorReporter, RetryStrategy, ServiceErrorHandler

    F = TypeVar("F", bound=Callable[..., Any])
    On = type[BaseException] | tuple[type[BaseException], ...] | Callable[[BaseException], object]

    class Decorator(Protocol):
        """What ``retry(...)`` gives."""

        def __call__(self, func: F, /) -> F:
            """Retry this function."""

    class RetryDecorator(Protocol):
        """The two ways to write ``@retry``."""

        @overload
        def __call__(self, func: F, /) -> F: ...

        @overload
        def __call__(
            self,
            *,
            strategy: str | RetryStrategy = "exponential",
            config: RetryConfig | None = None,
            on: On | None = None,
            retry_result: Callable[[Any], object] | None = None,
            handler: ServiceErrorHandler | None = None,
            reporter: ErrorReporter | None = None,
            budget: RetryBudget | None = None,
            restart: bool = False,
            name: str | None = None,
            service_name: str | None = None,
            clock: Clock | None = None,
            **fields: Any,
        ) -> Decorator: ...


STRATEGIES: dict[str, Callable[..., Any]] = {
    "exponential": ExponentialBackoffStrategy,
    "immediate": ImmediateRetryStrategy,
    "fixed": FixedDelayStrategy,
    "adaptive": AdaptiveStrategy,
    "auto": AutoStrategy,
}

# The first attempt touches nothing but one flag and one counter. Deciding and looping happen outside of ``except``, so
# that the exceptions of later attempts are not chained to the first, and the frame lets go of what it raises.
_TEXT = """
def _r_make(_r_fn, _r_retrier, _r_operation):
    {async}def _r_wrapper({params}):
        if _r_operation.whole:
            return {await}_r_retrier.{a}call(_r_fn, {args}, {kwargs})
        try:
            _r_value = {await}_r_fn({call})
        except Exception as _r_caught:
            _r_error = _r_caught
        else:
            _r_operation.firsts += 1
            return _r_value
        try:
            return {await}_r_retrier.{a}resume(_r_error, _r_fn, {args}, {kwargs})
        finally:
            _r_error = None
    return _r_wrapper
"""
_SYNC = Template(_TEXT.replace("{async}", "").replace("{await}", "").replace("{a}", ""), {})
_ASYNC = Template(_TEXT.replace("{async}", "async ").replace("{await}", "await ").replace("{a}", "a"), {})


def _typed(func: Any) -> RetryDecorator:
    """The function itself, as type checkers are to see it (``typing.overload`` would have to be imported)."""
    return func  # type: ignore[no-any-return]


@_typed
def retry(func: Any = None, /, **keywords: Any) -> Any:
    """Retry a function when it fails: plain, coroutine, generator, async generator, partial, bound or class method.

    ``strategy``: "exponential" (default), "fixed", "immediate", "adaptive", "auto" or a strategy object; ``config``: a
    :class:`RetryConfig`, and any of its fields as a keyword on top. ``on``: an exception class, a tuple of them or a
    predicate: *these* are retried, whatever their reason. ``retry_result(value)``: true retries a returned value; when
    attempts run out the last value is returned. ``handler``, ``reporter``, ``budget``: see the contract;
    ``restart=True`` lets a stream begin again after its first item. ``name``, ``service_name``: of the operation;
    without ``name`` it is ``module.qualname``. The function carries its :class:`Retrier` as ``.retrier``.

    Raises TypeError for values of a wrong kind and for ``attempt_timeout`` on plain functions, ValueError for an
    unknown strategy and for fields out of range.

    >>> tries = []
    >>> @retry(max_attempts=3, base_delay=0, on=ConnectionError)
    ... def fetch():
    ...     tries.append(1)
    ...     if len(tries) < 3:
    ...         raise ConnectionError("not yet")
    ...     return "ok"
    >>> fetch(), len(tries)
    ('ok', 3)
    """
    if func is None:
        return _Retry(**keywords)
    if isinstance(func, type) and issubclass(func, BaseException):
        raise TypeError(f"say @retry(on={func.__name__}): the first argument is the function to retry")
    if keywords:
        raise TypeError("give retry its keywords first, the function then: retry(...)(function)")
    return _Retry()(func)


class _Retry:
    """The keywords of one ``@retry``, checked; called with a function it wraps it."""

    def __init__(
        self,
        *,
        strategy: Any = "exponential",
        config: RetryConfig | None = None,
        on: Any = None,
        retry_result: Any = None,
        handler: Any = None,
        reporter: Any = None,
        budget: RetryBudget | None = None,
        restart: bool = False,
        name: str | None = None,
        service_name: str | None = None,
        clock: Clock | None = None,
        **fields: Any,
    ) -> None:
        self.strategy = strategy if isinstance(strategy, str) else checked_strategy(strategy)
        if isinstance(strategy, str) and strategy not in STRATEGIES:
            raise ValueError(
                f"strategy must be one of {', '.join(map(repr, STRATEGIES))} or a strategy, got {strategy!r}"
            )
        self.config = _config(config, strategy, fields)
        self.name = _text("name", name)
        self.service_name = _text("service_name", service_name)
        if retry_result is not None and not callable(retry_result):
            raise TypeError(f"retry_result must be a function of the value, got {type(retry_result).__name__}")
        self.options = {
            "on": naming(on),
            "refuses": retry_result,
            "handler": None if handler is None else checked_handler(handler),
            "reporter": None if reporter is None else checked_reporter(reporter),
            "budget": checked_budget(budget),
            "clock": None if clock is None else checked_clock(clock),
            "restart": bool(restart),
        }

    def __call__(self, func: Any) -> Any:
        """The function, retried."""
        if isinstance(func, (classmethod, staticmethod)):
            return type(func)(self(func.__func__))
        if not callable(func):
            raise TypeError(f"retry decorates callables, got {type(func).__name__}")
        kind = kind_of(func)
        if self.config.attempt_timeout is not None and kind != COROUTINE:
            raise TypeError("attempt_timeout is for coroutine functions: plain code cannot be cut off")
        retrier = self._retrier(self.name or name_of(func))
        if kind == GENERATOR:
            wrapper = dressed(stream(retrier, func), func)
        elif kind == ASYNC_GENERATOR:
            wrapper = dressed(astream(retrier, func), func)
        else:
            wrapper = wrapper_of(func, _ASYNC if kind == COROUTINE else _SYNC, retrier, retrier.operation)
        wrapper.retrier = retrier
        return wrapper

    def _retrier(self, name: str) -> Retrier:
        operation = Operation(name, self.service_name, self.config)
        strategy, private = self.strategy, isinstance(self.strategy, str)
        if private:
            strategy = STRATEGIES[strategy](self.config, clock=self.options["clock"])
        return Retrier(operation, strategy, private=private, **self.options)


def _config(config: RetryConfig | None, strategy: Any, fields: dict[str, Any]) -> RetryConfig:
    if config is None and not isinstance(strategy, str):
        own = getattr(strategy, "config", None)
        config = own if isinstance(own, RetryConfig) else None
    checked = checked_config(config)
    return checked.replace(**fields) if fields else checked


def naming(on: Any) -> Callable[[BaseException], bool] | None:
    """``on`` as a predicate; TypeError when it is neither an exception class, a tuple of them, nor a function."""
    if on is None:
        return None
    classes = on if isinstance(on, tuple) else (on,)
    if all(isinstance(each, type) and issubclass(each, BaseException) for each in classes):
        return lambda exception: isinstance(exception, classes)
    if isinstance(on, (tuple, type)) or not callable(on):
        raise TypeError(f"on must be an exception class, a tuple of them or a predicate, got {on!r}")
    return on  # type: ignore[no-any-return]


def name_of(func: Any) -> str:
    """``module.qualname`` of a function, of what a partial calls, or of an object's class."""
    func = getattr(func, "__func__", func)
    func = getattr(func, "func", func)
    if not isinstance(getattr(func, "__qualname__", None), str):
        func = type(func)
    return f"{func.__module__}.{func.__qualname__}" if func.__module__ else str(func.__qualname__)


def _text(what: str, value: Any) -> str | None:
    if value is not None and (not isinstance(value, str) or not value):
        raise TypeError(f"{what} must be a text that is not empty, got {value!r}")
    return value
