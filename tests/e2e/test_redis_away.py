"""Redis is gone for a while: pages go on and heal, links stay, the worker goes on when it is back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import servers
from tests.door import Door
from tests.e2e.board import Board
from tests.e2e.product import Console
from tests.e2e.shop import Shop
from tests.link.running import sqlite

pytestmark = pytest.mark.slow

KEY = "a key of the tests, which is long enough"
LINKS = "select id, ended_at from recovery_linkinterval"
WORKED = "select finished_at from recovery_job where name = 'rollup'"


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """In front of a real Redis."""
    door = Door(*servers.address(servers.redis(), 6379))
    yield door
    door.shut()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, door: Door) -> Iterator[Console]:
    """One whose hints travel through it."""
    environment = {"REDIS_URL": servers.through(servers.redis(), door.port), "SECRET_KEY": KEY}
    console = Console(tmp_path_factory.mktemp("console"), **environment)
    console.start()
    yield console
    console.stop()


def test_pages_heal_links_stay_and_the_worker_goes_on(
    new_page: Callable[..., Any], console: Console, shop: Shop, door: Door
) -> None:
    ask, provider = sqlite(console), shop.upstream()
    shop.start("shop", provider, "shop.pay=0.2")
    board = Board(new_page(), console)
    expect(board.row("shop.pay")).to_have_attribute("data-state", "closed")
    board.wait_live()
    console.wait(lambda: ask(WORKED) not in ([], [(None,)]))
    links = ask(LINKS)

    door.shut()
    worked = ask(WORKED)
    console.wait(lambda: ask(WORKED) != worked)  # the scheduler does not need it
    provider.shut()
    expect(board.row("shop.pay")).to_have_attribute("data-state", re.compile("open"))
    expect(board.link).to_have_attribute("data-link", "live")
    console.wait(console.answers)

    door.open()
    provider.open()
    expect(board.row("shop.pay")).to_have_attribute("data-state", "closed")
    console.wait(lambda: "the channel layer takes wake-ups again" in console.said())
    assert door.passed
    console.wait(lambda: ask(LINKS) == links)
    expect(board.went).to_have_attribute("data-links", re.compile("^[^r]*live$"))  # it was never reconnecting
    assert board.same_page
