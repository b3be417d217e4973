"""call() takes plain functions only."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from recovery import CircuitBreaker


async def _fetch() -> int:
    return 1


def test_a_coroutine_function_is_refused_by_name() -> None:
    """Its coroutine would count as a success before anything was awaited."""
    breaker = CircuitBreaker()
    with pytest.raises(TypeError, match=r"await execute\(\) with .*_fetch"):
        breaker.call(_fetch)
    assert breaker.snapshot().totals["calls"] == 0


async def test_execute_takes_it() -> None:
    """The way the error names works."""
    assert await CircuitBreaker().execute(_fetch) == 1


class _Fetcher:
    async def __call__(self) -> int:
        return 1


@pytest.mark.parametrize("func", [partial(_fetch), _Fetcher(), _Fetcher().__call__], ids=["partial", "object", "bound"])
def test_however_it_is_dressed(func: Any) -> None:
    """Partials, objects, bound methods."""
    breaker = CircuitBreaker()
    with pytest.raises(TypeError, match=r"await execute\(\)"):
        breaker.call(func)
    assert breaker.snapshot().totals["calls"] == 0


async def test_a_coroutine_made_already_is_refused_and_is_no_failure() -> None:
    """The mistake is the caller's: it must not open the circuit."""
    breaker, made = CircuitBreaker(1), _fetch()
    with pytest.raises(TypeError, match="uncalled, got coroutine"):
        await breaker.execute(made)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="uncalled, got int"):
        breaker.call(5)  # type: ignore[arg-type]
    made.close()
    assert (breaker.state, breaker.snapshot().totals["calls"]) == ("CLOSED", 0)
