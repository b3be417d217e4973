"""Line up the contenders of a case: ours, the peers, and sometimes the bare function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.bench import loops, ours, peers
from tests.bench.functions import Down
from tests.bench.model import Contender, Missing, Mode, Sampler

Function = Callable[..., Any]
MakeDecorator = Callable[[], Callable[[Function], Function]]


@dataclass(frozen=True)
class Way:
    """How a case calls: which function, what must come out of it, and in which loop."""

    function: Callable[[], Function]  # makes the function to protect
    check: Callable[[Function], None]
    loop: Callable[[Function], Sampler]


def line_up(
    way: Way,
    mine: MakeDecorator,
    others: Mapping[str, MakeDecorator],
    bare: Callable[[Function], Function] = lambda function: function,
) -> list[Contender]:
    """Ours, the peers, and the bare function in the same loop; rounds rotate the order."""
    return [
        Contender(ours.NAME, "ours", partial(_guarded, way, mine)),
        *(Contender(name, "peer", partial(_guarded, way, make)) for name, make in others.items()),
        Contender("bare", "bare", lambda: way.loop(bare(way.function()))),
    ]


def _guarded(way: Way, make: MakeDecorator) -> Sampler:
    function = make()(way.function())
    way.check(function)
    return way.loop(function)


def breakers(mode: Mode, threshold: int) -> dict[str, MakeDecorator]:
    """The peers' breakers that open after so many failures."""
    makers = peers.BREAKERS if mode == "sync" else peers.ASYNC_BREAKERS
    return {name: partial(make, threshold) for name, make in makers.items()}


def succeeds(function: Function) -> None:
    """Who does not answer what the function answers is not measured."""
    if function(1) != 1:
        raise Missing("does not answer what the function answers")


def succeeds_async(function: Function) -> None:
    """The same for coroutine functions."""

    async def once() -> int:
        answer: int = await function(1)
        return answer

    if loops.run(once()) != 1:
        raise Missing("does not answer what the function answers")


def fails(function: Function) -> None:
    """The function's own exception must come out."""
    raised = _raised(function)
    if not isinstance(raised, Down):
        raise Missing(f"raises {type(raised).__name__} instead of the function's exception")


def fails_async(function: Function) -> None:
    """The same for coroutine functions."""
    raised = _raised_async(function)
    if not isinstance(raised, Down):
        raise Missing(f"raises {type(raised).__name__} instead of the function's exception")


def rejects(function: Function) -> None:
    """After one failure, calls must be rejected by the breaker."""
    _raised(function)
    if isinstance(_raised(function), Down | None):
        raise Missing("does not open")


def rejects_async(function: Function) -> None:
    """The same for coroutine functions."""
    _raised_async(function)
    if isinstance(_raised_async(function), Down | None):
        raise Missing("does not open")


def _raised(function: Function) -> Exception | None:
    try:
        function(1)
    except Exception as error:
        return error
    return None


def _raised_async(function: Function) -> Exception | None:
    raised: list[Exception] = []

    async def once() -> int:
        try:
            await function(1)
        except Exception as error:
            raised.append(error)
        return 0

    loops.run(once())
    return raised[0] if raised else None
