"""The peers, configured to do the same: count failures in memory, open for an hour, make three attempts without delay.

Every function below answers a decorator and imports its library late, so that a peer that is not installed is a missing
row and not a failure. Redis storages, listeners and logging hooks are left out: they would only slow the peers down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from unittest import mock

Function = Callable[..., Any]
Decorator = Callable[[Function], Function]
MakeBreaker = Callable[[int], Decorator]  # takes the number of failures that open it
MakeRetry = Callable[[], Decorator]

NEVER = 10**9  # failures until it opens
OPEN_FOR = 3600
ATTEMPTS = 3


def _nothing(seconds: float) -> None:
    """A sleep that does not."""


async def _nothing_async(seconds: float) -> None:
    """A sleep that does not."""


# --- breakers -------------------------------------------------------------------------------------


def pybreaker(threshold: int) -> Decorator:
    """Consecutive failures, one lock held during the call; no asyncio (Tornado only)."""
    import pybreaker as library

    return library.CircuitBreaker(fail_max=threshold, reset_timeout=OPEN_FOR)


def circuitbreaker(threshold: int) -> Decorator:
    """Consecutive failures."""
    import circuitbreaker as library

    return library.circuit(failure_threshold=threshold, recovery_timeout=OPEN_FOR)


def purgatory(threshold: int) -> Decorator:
    """Consecutive failures, messages through an in-memory unit of work."""
    import purgatory as library

    return library.SyncCircuitBreakerFactory()("bench", threshold=threshold, ttl=OPEN_FOR)


def purgatory_async(threshold: int) -> Decorator:
    """The asynchronous factory."""
    import purgatory as library

    return library.AsyncCircuitBreakerFactory()("bench", threshold=threshold, ttl=OPEN_FOR)


def aiobreaker(threshold: int) -> Decorator:
    """Consecutive failures; decorates both kinds."""
    import aiobreaker as library

    return library.CircuitBreaker(fail_max=threshold, timeout_duration=timedelta(seconds=OPEN_FOR))


def hyx(threshold: int) -> Decorator:
    """Consecutive failures; coroutines only."""
    from hyx.circuitbreaker import consecutive_breaker

    return consecutive_breaker(failure_threshold=threshold, recovery_time_secs=OPEN_FOR)


def interlock(threshold: int) -> Decorator:
    """Failure rate over a window of 100 calls; a minimum beyond the window never opens."""
    import interlock as library

    config = library.Config(minimum_number_of_calls=threshold, window_size=100, wait_duration_in_open=float(OPEN_FOR))
    return library.CircuitBreaker(name="bench", config=config)


def _redress_breaker(threshold: int) -> Any:
    import redress as library

    return library.CircuitBreaker(
        failure_threshold=threshold, recovery_timeout_s=OPEN_FOR, trip_on=set(library.ErrorClass)
    )


def redress(threshold: int) -> Decorator:
    """A policy with a breaker and no retry."""
    import redress as library

    return _redress_decorator(library.Policy(circuit_breaker=_redress_breaker(threshold)))


def redress_async(threshold: int) -> Decorator:
    """The asynchronous policy."""
    import redress as library

    return _redress_decorator_async(library.AsyncPolicy(circuit_breaker=_redress_breaker(threshold)))


def _redress_decorator(policy: Any) -> Decorator:
    """Policies take a function without arguments; this is how redress' own decorator hands them on."""

    def decorate(function: Function) -> Function:
        return lambda value: policy.call(lambda: function(value))

    return decorate


def _redress_decorator_async(policy: Any) -> Decorator:
    def decorate(function: Function) -> Function:
        async def guarded(value: int) -> Any:
            return await policy.call(lambda: function(value))

        return guarded

    return decorate


BREAKERS: Mapping[str, MakeBreaker] = {
    "pybreaker": pybreaker,
    "circuitbreaker": circuitbreaker,
    "purgatory": purgatory,
    "aiobreaker": aiobreaker,
    "interlock-cb": interlock,
    "redress": redress,
}
ASYNC_BREAKERS: Mapping[str, MakeBreaker] = {
    "circuitbreaker": circuitbreaker,
    "purgatory": purgatory_async,
    "aiobreaker": aiobreaker,
    "hyx": hyx,
    "interlock-cb": interlock,
    "redress": redress_async,
}


# --- retries --------------------------------------------------------------------------------------


def tenacity() -> Decorator:
    """Raises the original exception in the end, as ours does."""
    import tenacity as library

    return library.retry(stop=library.stop_after_attempt(ATTEMPTS), reraise=True, sleep=_nothing)


def tenacity_async() -> Decorator:
    """A coroutine function as sleep makes it asynchronous."""
    import tenacity as library

    return library.retry(stop=library.stop_after_attempt(ATTEMPTS), reraise=True, sleep=_nothing_async)


def stamina() -> Decorator:
    """Built on tenacity; its hooks are switched off by `without_sleep`."""
    import stamina as library

    return library.retry(on=Exception, attempts=ATTEMPTS, timeout=None, wait_initial=0.0, wait_max=0.0, wait_jitter=0.0)


def backoff() -> Decorator:
    """A constant wait of nothing, no logger."""
    import backoff as library

    return library.on_exception(library.constant, Exception, max_tries=ATTEMPTS, interval=0, jitter=None, logger=None)


def hyx_retry() -> Decorator:
    """Coroutines only."""
    from hyx.retry import retry

    return retry(on=Exception, attempts=ATTEMPTS, backoff=0.0)


def _redress_retry_options(sleeper: Function) -> dict[str, Any]:
    import redress as library

    return {
        "classifier": library.default_classifier,
        "strategy": lambda context: 0.0,
        "max_attempts": ATTEMPTS,
        "max_unknown_attempts": None,
        "sleeper": sleeper,
    }


def redress_retry() -> Decorator:
    """Its own decorator."""
    import redress as library

    return library.retry(**_redress_retry_options(_nothing))


def redress_retry_async() -> Decorator:
    """Its own decorator."""
    import redress as library

    return library.retry(**_redress_retry_options(_nothing_async))


RETRIES: Mapping[str, MakeRetry] = {
    "tenacity": tenacity,
    "stamina": stamina,
    "backoff": backoff,
    "redress": redress_retry,
}
ASYNC_RETRIES: Mapping[str, MakeRetry] = {
    "tenacity": tenacity_async,
    "stamina": stamina,
    "backoff": backoff,
    "hyx": hyx_retry,
    "redress": redress_retry_async,
}


@contextmanager
def without_sleep() -> Iterator[None]:
    """No peer sleeps between attempts (even `time.sleep(0)` costs more than a retry), and stamina runs no hooks."""
    with ExitStack() as stack:
        for module, attribute, stub in _sleeps():
            try:
                target = import_module(module)
            except ImportError:
                continue
            stack.enter_context(mock.patch.object(target, attribute, stub))
        _without_stamina_hooks(stack)
        yield


def _sleeps() -> list[tuple[str, str, object]]:
    import asyncio

    silent_asyncio = SimpleNamespace(**{**vars(asyncio), "sleep": _nothing_async})
    return [
        ("tenacity.nap", "time", SimpleNamespace(sleep=_nothing)),
        ("stamina._core", "_smart_sleep", _nothing_async),
        ("backoff._sync", "time", SimpleNamespace(sleep=_nothing)),
        ("backoff._async", "asyncio", silent_asyncio),
        ("hyx.common.waiter", "asyncio", silent_asyncio),
    ]


def _without_stamina_hooks(stack: ExitStack) -> None:
    try:
        from stamina.instrumentation import get_on_retry_hooks, set_on_retry_hooks
    except ImportError:
        return
    stack.callback(set_on_retry_hooks, get_on_retry_hooks())
    set_on_retry_hooks(())


# --- both -----------------------------------------------------------------------------------------


def _over(breaker: MakeBreaker, retry: MakeRetry) -> MakeRetry:
    def make() -> Decorator:
        outer, inner = breaker(NEVER), retry()
        return lambda function: outer(inner(function))

    return make


def _redress_both() -> Decorator:
    import redress as library

    retry = library.Retry(**_redress_retry_options(_nothing))
    return _redress_decorator(library.Policy(retry=retry, circuit_breaker=_redress_breaker(NEVER)))


def _redress_both_async() -> Decorator:
    import redress as library

    retry = library.AsyncRetry(**_redress_retry_options(_nothing_async))
    return _redress_decorator_async(library.AsyncPolicy(retry=retry, circuit_breaker=_redress_breaker(NEVER)))


# Few libraries do both, so the usual pairs take part: the fastest breaker with each retry, and the best known ones.
STACKS: Mapping[str, MakeRetry] = {
    "circuitbreaker + backoff": _over(circuitbreaker, backoff),
    "circuitbreaker + tenacity": _over(circuitbreaker, tenacity),
    "pybreaker + tenacity": _over(pybreaker, tenacity),
    "interlock-cb + tenacity": _over(interlock, tenacity),
    "redress": _redress_both,
}
ASYNC_STACKS: Mapping[str, MakeRetry] = {
    "circuitbreaker + backoff": _over(circuitbreaker, backoff),
    "circuitbreaker + tenacity": _over(circuitbreaker, tenacity_async),
    "interlock-cb + tenacity": _over(interlock, tenacity_async),
    "hyx": _over(hyx, hyx_retry),
    "redress": _redress_both_async,
}
