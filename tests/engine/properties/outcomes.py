"""What a protected call may do, what each kind of breaker makes of it, and the ways to call."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Generator
from typing import Any

from hypothesis import strategies as st

from recovery.engine import BreakerConfig, CircuitBreaker, CircuitBreakerOpenError


class Boom(Exception):
    """A failure, which may bring a Retry-After."""

    retry_after: float | None = None


RETRY_AFTER = 7
RAISED: dict[str, Callable[[], BaseException]] = {
    "boom": Boom,
    "asks": lambda: _asking(Boom()),
    "cancelled": CancelledError,
    "key": KeyError,
    "index": IndexError,
    "os": OSError,
    "elsewhere": lambda: CircuitBreakerOpenError("another"),
}
RETURNED = ("ok", "bad")
WHATS = (*RETURNED, *RAISED)
MADE: dict[str, dict[str, Any]] = {
    "plain": {},
    "rules": {"record": Boom, "ignore": KeyError, "success": LookupError},
    "fallback": {"fallback": lambda _refusal: "the fallback's"},
    "judged": {"is_failure": lambda result: result == "bad"},
}
_NEUTRAL, _SUCCESS, _FAILURE = "neutral", "success", "failure"


def _asking(exc: Boom) -> Boom:
    exc.retry_after = RETRY_AFTER
    return exc


def outcome_of(kind: str, what: str, *, judged: bool) -> str:
    """``judged``: the breaker sees the value that was returned."""
    if what in RETURNED:
        return _FAILURE if kind == "judged" and judged and what == "bad" else _SUCCESS
    if what in ("cancelled", "elsewhere"):
        return _NEUTRAL
    if kind == "rules" and what in ("key", "os"):
        return _NEUTRAL
    return _SUCCESS if kind == "rules" and what == "index" else _FAILURE


def run(what: str) -> str:
    """Do what is asked for."""
    if what in RETURNED:
        return what
    error = RAISED[what]()
    raise error


def driven(coroutine: Awaitable[Any]) -> Any:
    """The result of a coroutine that never waits."""
    steps: Generator[Any, None, Any] = coroutine.__await__()
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


def by_decorator(breaker: CircuitBreaker, body: Callable[[], str]) -> Any:
    @breaker
    def protected() -> str:
        return body()

    return protected()


def by_coroutine(breaker: CircuitBreaker, body: Callable[[], str]) -> Any:
    @breaker
    async def protected() -> str:
        return body()

    return driven(protected())


def by_call(breaker: CircuitBreaker, body: Callable[[], str]) -> Any:
    return breaker.call(body)


def by_execute(breaker: CircuitBreaker, body: Callable[[], str]) -> Any:
    return driven(breaker.execute(body))


def by_block(breaker: CircuitBreaker, body: Callable[[], str]) -> Any:
    with breaker:
        return body()


def by_generator(breaker: CircuitBreaker, body: Callable[[], str]) -> Any:
    @breaker
    def protected() -> Generator[int, None, str]:
        yield 1
        return body()

    steps = protected()
    assert next(steps) == 1
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("it goes on")


WAYS: dict[str, Callable[[CircuitBreaker, Callable[[], str]], Any]] = {
    "decorator": by_decorator, "coroutine": by_coroutine, "call": by_call,
    "execute": by_execute, "block": by_block, "generator": by_generator,
}  # fmt: skip
UNMEASURED = ("generator",)  # how long it lasts is its reader's doing
UNJUDGED = ("block",)  # a block returns nothing
UNANSWERED = ("block", "generator")  # no fallback stands in for them


@st.composite
def configs(draw: st.DrawFn) -> BreakerConfig:
    """Small numbers, so that everything happens often; mostly what takes the shortest ways through the code."""
    slow = draw(st.sampled_from([None, None, None, 1.0, 2.0]))
    rates = st.sampled_from([None, 25.0, 33.3, 50.0, 100.0])
    return BreakerConfig(
        failure_threshold=draw(st.sampled_from([None, None, 1, 2, 3, 4])),
        failure_rate=draw(rates),
        slow_call_duration=slow,
        slow_call_rate=None if slow is None else draw(rates),
        window=draw(st.sampled_from(["count", "count", "time"])),
        window_size=draw(st.integers(1, 12)),
        minimum_calls=draw(st.integers(1, 6)),
        recovery_timeout=draw(st.sampled_from([0.0, 1.0, 5.0, 10.0])),
        recovery_growth=draw(st.sampled_from([1.0, 1.5, 2.0])),
        recovery_timeout_max=draw(st.sampled_from([0.0, 15.0, 3600.0])),
        recovery_jitter=draw(st.sampled_from([0.0, 0.0, 0.25])),
        half_open_permits=draw(st.integers(1, 3)),
        half_open_successes=draw(st.integers(1, 3)),
        half_open_max_wait=draw(st.sampled_from([None, 3.0])),
        open_on_retry_after=draw(st.sampled_from([False, False, False, True])),
    )
