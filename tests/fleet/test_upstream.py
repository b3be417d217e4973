"""Each mood of a backend, met by the real clients of the services."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.error import HTTPError, URLError

import pytest

from recovery.engine import classify
from recovery.fleet.services.calls import call, is_missing
from recovery.fleet.upstream.backend import Backend
from recovery.fleet.upstream.moods import DRAGGING, FAILING, LIMITING, REFUSING, SLOW, STUCK, WELL
from recovery.fleet.web import BadAnswer, Missing, get

ENOUGH = 60  # calls, so that something that happens to 85 % of them happens


def url(backend: Backend, number: int = 1) -> str:
    return f"http://127.0.0.1:{backend.port}/videos/{number}"


async def errors(backend: Backend, calls: int = ENOUGH) -> list[Exception]:
    """What so many calls raised."""
    results = await asyncio.gather(*(get(url(backend)) for _ in range(calls)), return_exceptions=True)
    return [result for result in results if isinstance(result, Exception)]


async def in_thread(call: Callable[[], object]) -> Exception | object:
    """What a plain client got."""

    def caught() -> object:
        try:
            return call()
        except Exception as error:
            return error

    return await asyncio.to_thread(caught)


async def test_well_it_answers_nearly_always(backend: Backend) -> None:
    assert len(await errors(backend)) < 10
    assert await get(url(backend, 7)) == b"/videos/7\n"


async def test_what_was_deleted_is_a_404_for_both_clients(backend: Backend) -> None:
    with pytest.raises(Missing):
        await get(url(backend, 96))
    error = await in_thread(lambda: call(url(backend, 96)))
    assert isinstance(error, HTTPError)
    assert is_missing(error)


async def test_refusing_nobody_listens_and_those_who_wait_are_hung_up_on(backend: Backend) -> None:
    await backend.become(STUCK)
    waiting = asyncio.create_task(get(url(backend)))
    while not backend._talking:  # noqa: ASYNC110 - it need not tell anybody else
        await asyncio.sleep(0.01)
    await backend.become(REFUSING)
    with pytest.raises(ConnectionResetError):
        await waiting
    with pytest.raises(ConnectionRefusedError):
        await get(url(backend))
    error = await in_thread(lambda: call(url(backend)))
    assert isinstance(error, URLError)
    assert isinstance(error.reason, ConnectionRefusedError)


async def test_after_refusing_it_listens_on_the_same_port(backend: Backend) -> None:
    port = backend.port
    for _ in range(3):
        await backend.become(REFUSING)
        await backend.become(WELL)
    assert backend.port == port
    assert len(await errors(backend)) < 10


async def test_failing_most_answers_are_server_errors_of_several_kinds(backend: Backend) -> None:
    await backend.become(FAILING)
    raised = [error for error in await errors(backend) if isinstance(error, BadAnswer)]
    assert ENOUGH / 2 < len(raised) < ENOUGH
    assert {error.status_code for error in raised} == {500, 502, 503}


async def test_limiting_answers_say_how_long_to_wait_and_the_engine_reads_it(backend: Backend) -> None:
    await backend.become(LIMITING)
    raised = [error for error in await errors(backend) if isinstance(error, BadAnswer)]
    assert len(raised) > ENOUGH / 2
    assert {error.status_code for error in raised} == {429}
    assert classify(raised[0]).reason == "rate_limited"
    assert {1.0, 2.0, 3.0, 4.0} >= {float(error.headers["Retry-After"]) for error in raised}


async def test_stuck_it_takes_the_call_and_never_answers(backend: Backend) -> None:
    await backend.become(STUCK)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await get(url(backend))
    error = await in_thread(lambda: call(url(backend), timeout=0.2))
    assert isinstance(error, TimeoutError)


async def test_slow_it_answers_late(backend: Backend) -> None:
    await backend.become(SLOW)
    began = time.monotonic()
    assert await get(url(backend, 7)) == b"/videos/7\n"
    assert time.monotonic() - began >= DRAGGING[0]
