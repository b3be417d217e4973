"""Checks run against real servers, side by side, each once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.conf import LazySettings

from recovery import moment
from recovery.models import Breaker, Check, CheckResult, Command, Job
from recovery.testing import FakeClock
from recovery.worker.checking import Checking, claim_due
from recovery.worker.scheduler import prepare
from tests.health.servers import server, status
from tests.worker.house import S, breaker, check, service

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def clock(settings: LazySettings) -> Iterator[FakeClock]:
    settings.HEALTH_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    clock = FakeClock()
    with moment.using(clock):
        yield clock


def _checks(count: int, port: int, **fields: Any) -> None:
    prepare(moment.now())
    shop = service()
    pay = breaker(shop)
    for _ in range(count):
        check(shop, pay, target=f"http://127.0.0.1:{port}/", **fields)


async def _done(*lookers: Checking) -> None:
    while tasks := [task for each in lookers for task in each.running]:
        await asyncio.gather(*tasks)


def test_of_two_claims_one_wins() -> None:
    _checks(3, 1)
    assert len(claim_due(moment.now(), 2)) == 2
    assert len(claim_due(moment.now(), 2)) == 1
    assert claim_due(moment.now(), 2) == []


def test_a_run_that_never_came_back_is_claimed_again(clock: FakeClock) -> None:
    _checks(1, 1, timeout=5.0)
    (first,) = claim_due(moment.now(), 9)
    clock.advance(19)
    assert claim_due(moment.now(), 9) == []
    clock.advance(1)
    (second,) = claim_due(moment.now(), 9)
    assert second.run != first.run


def test_the_lag_of_the_checks_is_noted(clock: FakeClock) -> None:
    _checks(1, 1)
    clock.advance(7)
    claim_due(moment.now(), 9)
    assert Job.objects.get(pk="checks").lag_ms == 7000


async def test_doubled_wake_ups_and_two_workers_run_each_check_once() -> None:
    async with server(status("200 OK")) as port:
        await database_sync_to_async(_checks)(6, port)
        one, other = Checking(), Checking()
        await asyncio.gather(one.look(), other.look(), one.look(), other.look())
        await _done(one, other)
    results = await database_sync_to_async(lambda: list(CheckResult.objects.values_list("healthy", "text")))()
    assert results == [(True, "200 OK")] * 6


async def test_no_more_than_so_many_run_at_once() -> None:
    most = now = 0

    async def count(_request: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        for _ in range(50):
            await asyncio.sleep(0)
        now -= 1
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

    async with server(count) as port:
        await database_sync_to_async(_checks)(9, port)
        checking = Checking(at_once=2)
        await checking.look()
        await _done(checking)
    assert await database_sync_to_async(CheckResult.objects.count)() == 9  # whoever ends looks again
    assert most <= 2


async def test_one_that_cannot_be_kept_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_args: Any) -> None:
        raise RuntimeError("database gone")

    monkeypatch.setattr("recovery.worker.checking._settle", fail)
    await database_sync_to_async(_checks)(1, 1)
    checking = Checking()
    await checking.look()
    await _done(checking)
    made = await database_sync_to_async(Check.objects.get)()
    assert (made.run, made.lease_until, made.next_run_at) == (None, None, moment.now() + 60 * S)


async def test_ending_leaves_the_lease_to_run_out() -> None:
    async def silence(_request: bytes, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with server(silence) as port:
        await database_sync_to_async(_checks)(1, port)
        checking = Checking()
        await checking.look()
        await checking.stop()
    assert not checking.running
    assert not await database_sync_to_async(CheckResult.objects.exists)()


async def test_the_circle_closes(clock: FakeClock) -> None:
    """Fail, open, healthy again three times, and the breaker is to be reset on every process."""
    answers = iter(["503 Busy", "200 OK", "200 OK", "200 OK"])

    async def answer(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {next(answers)}\r\n\r\n".encode())

    async with server(answer) as port:
        await database_sync_to_async(_checks)(1, port, interval=30, healthy_after=3)
        checking = Checking()
        for _ in range(4):
            clock.advance(31)
            await checking.look()
            await _done(checking)
    command = await database_sync_to_async(Command.objects.get)()
    assert (command.verb, command.scope, command.actor) == ("reset", {}, "AutoRecovery")
    assert await database_sync_to_async(Breaker.objects.count)() == 1
