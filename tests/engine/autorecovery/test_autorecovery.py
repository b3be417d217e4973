"""AutoRecovery: when a service is due, what is asked of it, and what never gets in the way."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import weakref
from datetime import UTC, datetime
from typing import Any

import pytest

from recovery.engine.autorecovery import AutoRecovery


class Stepping:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def sleep(self, seconds: float) -> None:
        self.at += seconds

    async def asleep(self, seconds: float) -> None:
        self.at += seconds


class Service:
    def __init__(self, healthy: object = True) -> None:
        self.healthy = healthy
        self.asked = 0
        self.resets = 0

    async def is_healthy(self) -> object:
        self.asked += 1
        if isinstance(self.healthy, BaseException):
            raise self.healthy
        return self.healthy

    async def reset(self) -> None:
        self.resets += 1


@pytest.fixture
def clock() -> Stepping:
    return Stepping()


@pytest.fixture
def recovery(clock: Stepping) -> AutoRecovery:
    return AutoRecovery(check_interval=300, clock=clock)


async def test_a_service_is_due_an_interval_after_it_was_first_seen(recovery: AutoRecovery, clock: Stepping) -> None:
    service = Service()
    assert await recovery.check_health(service) is None
    clock.at = 299.9
    assert await recovery.check_health(service) is None
    assert service.asked == 0
    clock.at = 300.0
    assert await recovery.check_health(service) is True
    assert (service.asked, service.resets) == (1, 1)


async def test_it_is_due_again_an_interval_after_the_last_check(recovery: AutoRecovery, clock: Stepping) -> None:
    service = Service()
    for clock.at in range(0, 1000, 100):
        await recovery.check_health(service)
    assert service.asked == 3


async def test_an_interval_of_nothing_checks_each_time(clock: Stepping) -> None:
    service = Service()
    assert await AutoRecovery(0, clock).check_health(service) is True


@pytest.mark.parametrize("answer", [False, None, 0, ValueError("down")])
async def test_an_unhealthy_service_is_not_reset(recovery: AutoRecovery, clock: Stepping, answer: object) -> None:
    service = Service(answer)
    await recovery.check_health(service)
    clock.at = 300
    assert await recovery.check_health(service) is False
    assert (service.asked, service.resets) == (1, 0)


async def test_a_raising_check_is_logged_and_asked_again_later(
    recovery: AutoRecovery, clock: Stepping, caplog: pytest.LogCaptureFixture
) -> None:
    service = Service(ValueError("down"))
    await recovery.check_health(service)
    clock.at = 300
    with caplog.at_level(logging.WARNING, "recovery.autorecovery"):
        await recovery.check_health(service)
    assert "Service raised: taken as unhealthy" in caplog.text
    assert "ValueError: down" in caplog.text
    service.healthy = True
    clock.at = 600
    assert await recovery.check_health(service) is True


async def test_a_raising_reset_is_logged(
    recovery: AutoRecovery, clock: Stepping, caplog: pytest.LogCaptureFixture
) -> None:
    class Stuck(Service):
        async def reset(self) -> None:
            raise RuntimeError("stuck")

    service = Stuck()
    await recovery.check_health(service, name="billing")
    clock.at = 300
    with caplog.at_level(logging.WARNING, "recovery.autorecovery"):
        assert await recovery.check_health(service, name="billing") is True
    assert "billing is healthy, but its reset raised" in caplog.text


async def test_services_keep_their_own_time(recovery: AutoRecovery, clock: Stepping) -> None:
    services = [Service() for _ in range(3)]
    for clock.at, service in zip((0, 100, 200), services, strict=True):
        await recovery.check_health(service)
    for clock.at in (300, 400, 500):
        for service in services:
            await recovery.check_health(service)
    assert [service.asked for service in services] == [1, 1, 1]


async def test_one_check_of_a_service_is_in_flight_and_others_go_on(recovery: AutoRecovery, clock: Stepping) -> None:
    started, go = asyncio.Event(), asyncio.Event()

    class Slow(Service):
        async def is_healthy(self) -> bool:
            self.asked += 1
            started.set()
            await go.wait()
            return True

    slow, quick = Slow(), Service()
    for service in (slow, quick):
        await recovery.check_health(service)
    clock.at = 300
    hanging = asyncio.create_task(recovery.check_health(slow))
    await started.wait()
    clock.at = 900
    assert await recovery.check_health(slow) is None
    assert await recovery.check_health(quick) is True
    assert slow.asked == 1
    go.set()
    assert await hanging is True


async def test_cancellation_passes_through_and_leaves_the_next_check_free(
    recovery: AutoRecovery, clock: Stepping
) -> None:
    started = asyncio.Event()

    class Hanging(Service):
        async def is_healthy(self) -> bool:
            started.set()
            await asyncio.Event().wait()
            return True

    service = Hanging()
    await recovery.check_health(service)
    clock.at = 300
    task = asyncio.create_task(recovery.check_health(service))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    clock.at = 600
    service.is_healthy = Service().is_healthy  # type: ignore[method-assign]
    assert await recovery.check_health(service) is True


async def test_a_service_is_not_kept_alive(recovery: AutoRecovery) -> None:
    service = Service()
    gone = weakref.ref(service)
    await recovery.check_health(service)
    del service
    gc.collect()
    assert gone() is None
    assert recovery._watches == {}


async def test_equal_services_are_two_and_unhashable_ones_are_welcome(recovery: AutoRecovery, clock: Stepping) -> None:
    class Same(Service):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    first, second = Same(), Same()
    await recovery.check_health(first)
    clock.at = 300
    assert await recovery.check_health(second) is None
    assert await recovery.check_health(first) is True


async def test_a_service_that_cannot_be_held_weakly_is_welcome(recovery: AutoRecovery, clock: Stepping) -> None:
    class Slotted:
        __slots__ = ()

        async def is_healthy(self) -> bool:
            return True

        async def reset(self) -> None:
            pass

    service = Slotted()
    await recovery.check_health(service)
    clock.at = 300
    assert await recovery.check_health(service) is True


async def test_a_name_stands_for_services_made_anew(recovery: AutoRecovery, clock: Stepping) -> None:
    await recovery.check_health(Service(), name="api")
    clock.at = 300
    assert await recovery.check_health(Service(), name="api") is True
    assert await recovery.check_health(Service(), name="other") is None


async def test_plain_methods_will_do(recovery: AutoRecovery, clock: Stepping) -> None:
    class Plain:
        resets = 0

        def is_healthy(self) -> bool:
            return True

        def reset(self) -> None:
            self.resets += 1

    service = Plain()
    await recovery.check_health(service)
    clock.at = 300
    assert await recovery.check_health(service) is True
    assert service.resets == 1


async def test_a_forked_child_starts_over(
    recovery: AutoRecovery, clock: Stepping, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service()
    await recovery.check_health(service)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    clock.at = 300
    assert await recovery.check_health(service) is None


@pytest.mark.parametrize("interval", [-1, float("nan"), float("inf"), "300", None, True])
def test_an_interval_out_of_range_is_refused(interval: Any) -> None:
    with pytest.raises(ValueError, match=r"check_interval must be a finite number >= 0, got"):
        AutoRecovery(check_interval=interval)


def test_the_interval_is_five_minutes_unless_told_otherwise() -> None:
    assert AutoRecovery().check_interval == 300
