"""Services beside the web: kept running, stopped in order, never waited for too long."""

from __future__ import annotations

import asyncio

import pytest

from recovery.serving import supervisor
from recovery.serving.services import Options, Service, wanted, with_demo, with_worker
from recovery.serving.supervisor import Supervisor, supervised

OPTIONS = Options("127.0.0.1", 8000)
NAME = "tests.site.test_supervisor"
seen: list[str] = []
released = asyncio.Event()


async def good(_options: Options) -> None:
    try:
        await asyncio.sleep(60)
    finally:
        seen.append("good cleaned up")


async def drains(_options: Options) -> None:
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.05)
        seen.append("drained")


async def deaf(_options: Options) -> None:
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            seen.append("did not listen")
            await released.wait()
            return


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    seen.clear()
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(supervisor, "STOP_FIRST", 0.1)


async def test_one_that_fails_is_started_again_more_and_more_patiently(caplog: pytest.LogCaptureFixture) -> None:
    runs = []

    async def shaky(_options: Options) -> None:
        runs.append(1)
        if len(runs) < 4:
            raise RuntimeError("not yet")

    await supervised("shaky", shaky, OPTIONS)
    assert len(runs) == 4
    assert [record.args for record in caplog.records] == [("shaky", 0.01), ("shaky", 0.02), ("shaky", 0.04)]


async def test_they_stop_in_order_and_clean_up() -> None:
    running = Supervisor([Service("writer", f"{NAME}:drains", last=True), Service("good", f"{NAME}:good")], OPTIONS)
    running.start()
    await asyncio.sleep(0.01)
    await running.stop_first()
    assert seen == ["good cleaned up"]
    await running.stop_last()
    assert seen == ["good cleaned up", "drained"]


async def test_a_deaf_one_does_not_hold_the_end_up() -> None:
    running = Supervisor([Service("deaf", f"{NAME}:deaf")], OPTIONS)
    running.start()
    (task,) = running.tasks.values()
    await asyncio.sleep(0.01)
    await running.stop_first()
    assert seen == ["did not listen"]
    assert not task.done()
    released.set()
    await asyncio.wait([task], timeout=10)
    assert task.done()


def test_options_leave_services_out() -> None:
    table = (Service("web", "x:y"), Service("worker", "x:y", with_worker), Service("demo", "x:y", with_demo))
    assert [service.name for service in wanted(Options("h", 1, demo=False, worker=False), table)] == ["web"]
    assert len(wanted(Options("h", 1, demo=True), table)) == 3


def test_every_service_of_the_table_can_be_loaded() -> None:
    assert all(callable(service.load()) for service in wanted(Options("h", 1, demo=True)))


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:8000"), ("0.0.0.0", "http://127.0.0.1:8000"), ("::1", "http://[::1]:8000")],
)
def test_the_address_is_one_that_a_browser_takes(host: str, url: str) -> None:
    assert Options(host, 8000).url == url
