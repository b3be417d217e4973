"""Watching: what pages show is asked of the processes, here and on other consoles, and ends with the last look."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from channels.layers import get_channel_layer

from recovery import wire
from recovery.ingest import service, watching
from recovery.ingest.hub import Hub
from recovery.ingest.pulses import Pulses
from recovery.ingest.service import Ingest
from recovery.ingest.watching import RENEW_SECONDS, WISH_SECONDS, Watching, together
from recovery.live.browsers import Browser
from recovery.live.hub import Hub as Pages
from recovery.models import Breaker
from recovery.testing import FakeClock
from recovery.views import fragments
from recovery.views.live import render
from recovery.views.watching import Watcher, shown
from tests import factories as make
from tests.link.talking import Talker, a_service, breaker, db, eventually, linked

PULSE = wire.BreakerPulse(name="bank", state="CLOSED", calls=42.0, failures=1.0, window=(100, 12, 0), streak=3)


async def asked(process: Talker) -> list[tuple[str, ...]]:
    """What the process was asked to watch until now."""
    beat = wire.Beat(clock=process.clock())
    await process.say(beat)
    await process.hear_a(wire.Beat)
    found = [message.breakers for message in process.heard if isinstance(message, wire.Watch)]
    process.heard.clear()
    return found


async def pulse(process: Talker, *pulses: wire.BreakerPulse) -> None:
    """Say one, and wait until it was taken."""
    await process.say(wire.Pulse(clock=process.clock(), breakers=pulses), wire.Beat(clock=process.clock()))
    await process.hear_a(wire.Beat)


@asynccontextmanager
async def console(hub: Hub, pulses: Pulses) -> AsyncIterator[Watching]:
    """One more console process on the same layer; its links and pulses are these."""
    found = Watching(hub, pulses)
    task = asyncio.create_task(found.listen())
    await asyncio.sleep(0)
    yield found
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def heard(check: Any) -> None:
    """Until a message came over the layer."""
    async with asyncio.timeout(5):
        while not check():  # noqa: ASYNC110 - what it waits for comes by another task
            await asyncio.sleep(0.005)


async def test_a_process_is_asked_once_again_before_it_is_over_and_no_more_when_nobody_looks(
    still: FakeClock, hub: Hub, ingest: Ingest
) -> None:
    owner, secret = await db(a_service)
    mine = Watching(hub, ingest.pulses)
    async with linked(secret) as process:
        await mine.tick()
        assert await asked(process) == []
        mine.show({owner.pk: frozenset({"bank"})})
        for _ in range(3):
            await mine.tick()
            still.advance(1)
        assert await asked(process) == [("bank",)]
        still.advance(RENEW_SECONDS)
        mine.show({owner.pk: frozenset({"bank", "till"})})
        await mine.tick()
        assert await asked(process) == [("bank", "till")]
        mine.show({})
        for _ in range(4):
            still.advance(RENEW_SECONDS)
            await mine.tick()
        assert await asked(process) == []


async def test_pulses_reach_a_page_on_another_console(hub: Hub, ingest: Ingest) -> None:
    owner, secret = await db(a_service)
    there = Pulses()
    async with (
        linked(secret) as process,
        console(hub, ingest.pulses) as linking,
        console(Hub(ingest), there) as looking,
    ):
        await asyncio.sleep(0.01)
        looking.show({owner.pk: frozenset({"bank"})})
        await looking.tick()
        await heard(lambda: linking._others)
        await linking.tick()
        assert await asked(process) == [("bank",)]
        await pulse(process, PULSE, wire.BreakerPulse(name="till", state="OPEN"))
        await linking.tick()
        await heard(lambda: there.of(owner.pk, "bank"))
        assert list(there.of(owner.pk, "bank").values()) == [PULSE]
        assert there.of(owner.pk, "till") == {}  # nobody looks at it
        await looking.tick()  # what came from there is not sent back
        assert len(ingest.pulses.of(owner.pk, "bank")) == 1


async def test_a_wish_that_is_not_renewed_ends_and_one_that_is_taken_back_at_once(
    still: FakeClock, hub: Hub, ingest: Ingest
) -> None:
    mine = Watching(hub, ingest.pulses)
    wish = {"type": "watch", "origin": "other", "wishes": {"5": ["bank"]}}
    mine.heard(wish)
    assert mine._others["other"][1] == {5: frozenset({"bank"})}
    still.advance(WISH_SECONDS + 1)
    await mine.tick()
    assert mine._others == {}
    mine.heard(wish)
    mine.heard({**wish, "wishes": {}})
    assert together(*(wishes for _, wishes in mine._others.values())) == {}


async def test_a_layer_that_is_away_ends_nothing(hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, secret = await db(a_service)

    class Away:
        """Redis is gone."""

        async def group_send(self, *_: Any) -> None:
            raise ConnectionError("gone")

    monkeypatch.setattr(watching, "get_channel_layer", Away)
    mine = Watching(hub, ingest.pulses)
    async with linked(secret) as process:
        mine.show({owner.pk: frozenset({"bank"})})
        await mine.tick()
        assert await asked(process) == [("bank",)]


async def test_what_another_console_says_wrongly_is_survived(hub: Hub, ingest: Ingest) -> None:
    async with console(hub, ingest.pulses) as mine:
        await asyncio.sleep(0.01)
        layer = get_channel_layer()
        await layer.group_send(watching.GROUP, {"type": "later", "origin": "newer"})
        await layer.group_send(watching.GROUP, {"type": "watch", "origin": "newer", "wishes": {"5": ["bank"]}})
        await heard(lambda: mine._others)


def test_a_page_s_keys_name_the_breakers_that_it_shows() -> None:
    keys = {"breaker-live:7", "breaker-live:x", "breaker-live:" + "9" * 40, "breaker:8", "row:9", "breaker-live:"}
    assert shown(keys) == {7}


async def test_a_pulse_of_a_real_link_changes_the_page_once_a_second(hub: Hub, ingest: Ingest) -> None:
    """From the page's socket to the process and back: watched, told, rendered, pushed."""
    _, secret = await db(a_service)
    frames: list[dict[str, str]] = []

    async def send(text: str) -> None:
        frames.append({part["key"]: part["html"] for part in json.loads(text)["parts"]})

    pages = Pages(render, fragments.keys_for)
    page, watcher, mine = Browser(send), Watcher(pages), service.watching()
    assert mine is not None
    pages.join(page)
    async with linked(secret) as process:
        await process.say(wire.Declare(breakers=(breaker("bank"),)))
        key = (await eventually(lambda: Breaker.objects.filter(name="bank").first())).pk
        page.keys = frozenset({f"breaker-live:{key}", f"breaker-processes:{key}"})
        await watcher.tick()
        await mine.tick()
        assert await asked(process) == [("bank",)]
        await pages.tick()
        await asyncio.sleep(0)
        frames.clear()
        await pulse(process, PULSE)
        await watcher.tick()
        for _ in range(4):
            await pages.tick()
            await asyncio.sleep(0.01)
        (frame,) = [each for each in frames if each]
        assert "42.0" in frame[f"breaker-live:{key}"]
        assert "3 of 5 failures in a row" in frame[f"breaker-processes:{key}"]
        page.keys = frozenset()
        await watcher.tick()
        assert mine._own == {}
    pages.drop(page)


async def test_many_processes_are_drawn_anew_less_often(ingest: Ingest, still: FakeClock) -> None:
    """A row costs the same as ever; a page of a hundred is not drawn each second."""
    owner, _ = await db(a_service)
    what = await db(make.breaker, owner, "bank")
    heard_of: list[str] = []
    pages = Pages(render, lambda topic, _: heard_of.append(topic) or [])
    page = Browser(lambda _: asyncio.sleep(0))
    pages.join(page)
    page.keys = frozenset({f"breaker-live:{what.pk}"})
    watcher = Watcher(pages)
    for process in range(100):
        ingest.pulses.put(owner.pk, process, [PULSE])
    for _ in range(8):
        await watcher.tick()
    assert (heard_of.count("pulse"), heard_of.count("pulses")) == (8, 2)
    heard_of.clear()
    still.advance(10)  # they fell silent: said once
    for _ in range(3):
        await watcher.tick()
    assert (heard_of.count("pulse"), heard_of.count("pulses")) == (1, 1)
    pages.drop(page)
