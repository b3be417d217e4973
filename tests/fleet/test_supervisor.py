"""The fleet inside another program's event loop."""

from __future__ import annotations

import pytest

from recovery.fleet import supervisor
from recovery.fleet.supervisor import Fleet


def test_every_service_wants_its_token() -> None:
    with pytest.raises(ValueError, match="no token for metadata, payments"):
        Fleet("http://127.0.0.1:1", {"download": "x", "students": "y", "metadata": ""})


def test_seeds_are_drawn_and_told() -> None:
    assert len({Fleet("", {}).seed for _ in range(20)}) > 15
    assert Fleet("", {}, seed=4).seed == 4


async def test_it_starts_and_stops_and_stopping_again_does_nothing() -> None:
    fleet = Fleet("", {}, seed=1, pace=0.2)
    await fleet.start()
    assert all(child.pid for child in fleet.children if child.starts)
    assert len(set(fleet.upstream.values())) == 6
    await fleet.stop()
    assert not any(child.pid for child in fleet.children)
    await fleet.stop()


async def test_one_that_never_started_can_be_stopped() -> None:
    await Fleet("", {}).stop()


async def test_an_upstream_that_does_not_come_up_is_told_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "READY_SECONDS", 0.3)
    monkeypatch.setattr(Fleet, "_upstream_arguments", lambda _self: ["-c", "import time; time.sleep(60)"])
    fleet = Fleet("", {})
    with pytest.raises(OSError, match="did not come up"):
        await fleet.start()
    assert not any(child.pid for child in fleet.children)


async def test_an_upstream_that_is_started_again_keeps_its_ports(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="recovery.fleet")
    fleet = Fleet("", {}, pace=0.2)
    await fleet._start_upstream()
    ports = dict(fleet.upstream)
    fleet._ready.clear()
    fleet.children[0].restart()
    await fleet._ready.wait()
    assert fleet.upstream == ports
    await fleet.stop()
