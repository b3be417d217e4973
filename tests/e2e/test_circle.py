"""The whole circle: calls fail, breakers open, the target is well again, AutoRecovery resets them on every process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.board import Board
from tests.e2e.browser import inaccessible, picture
from tests.e2e.product import Console
from tests.e2e.shop import Shop
from tests.link.running import sqlite

pytestmark = pytest.mark.slow

RESETS = "select target, reason, refused from recovery_auditentry where actor = 'AutoRecovery'"
CLOSED = (
    "select distinct t.process_id, t.actor from recovery_transition t join recovery_breaker b on b.id = t.breaker_id"
    " where b.name = 'shop.pay' and t.after = 'CLOSED'"
)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One whose checks may look at this machine."""
    console = Console(tmp_path_factory.mktemp("console"), HEALTH_ALLOWED_NETWORKS="127.0.0.0/8")
    console.start()
    yield console
    console.stop()


def make_check(page: Any, console: Console, target: str) -> None:
    """By the form, as an operator does."""
    page.goto(f"{console.url}/health/")
    page.get_by_role("link", name="Add a check").first.click()
    page.get_by_role("link", name=re.compile("^shop")).click()
    page.get_by_label("Name").fill("provider")
    page.get_by_label("Target").fill(target)
    page.get_by_label("Every (s)").fill("5")
    page.get_by_label("Healthy results in a row").fill("2")
    page.get_by_label("Linked breakers").select_option(["shop.pay", "shop.refund"])
    page.get_by_role("button", name="Make the check").click()


def test_a_healthy_target_brings_the_breakers_back_on_every_process(
    new_page: Callable[..., Any], console: Console, shop: Shop, pictures: Path
) -> None:
    provider = shop.upstream()
    for _ in range(2):  # open for ten minutes: by themselves they would not be back in this test
        shop.start("shop", provider, "shop.pay=0.2:600", "shop.refund=0.2:600")
    board = Board(new_page(), console)
    for name in ("shop.pay", "shop.refund"):
        expect(board.row(name)).to_have_attribute("data-state", "closed")
    check = board.page.context.new_page()
    make_check(check, console, provider.url)
    standing = check.get_by_role("region", name="Now")
    expect(standing).to_contain_text("Healthy")

    provider.shut()
    for name in ("shop.pay", "shop.refund"):
        expect(board.row(name)).to_have_attribute("data-state", "open")
    held = console.command("breakers", "trip", "shop", "shop.refund", "--reason", "maintenance")
    assert held.returncode == 0, held.stderr
    expect(board.row("shop.refund")).to_have_attribute("data-state", "forced-open")
    expect(standing).to_contain_text("Unhealthy")
    expect(standing).to_contain_text("connection refused")
    picture(check, pictures, "check-unhealthy")
    ask = sqlite(console)
    assert ask(RESETS) == []

    provider.open()
    expect(board.row("shop.pay")).to_have_attribute("data-state", "closed")
    expect(standing).to_contain_text("Healthy")
    expect(check.get_by_role("region", name="Recovery")).to_contain_text("Last done")
    picture(check, pictures, "check-recovered")
    assert inaccessible(check) == []
    breaker = board.page.context.new_page()
    breaker.goto(f"{console.url}/breakers/shop/production/shop.pay")
    rows = breaker.get_by_role("region", name="Processes").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Closed")).to_have_count(2)
    expect(breaker.get_by_role("region", name="What happened")).to_contain_text("AutoRecovery")
    expect(board.row("shop.refund")).to_have_attribute("data-state", "forced-open")  # an operator's hold is above it

    (reset,) = ask(RESETS)
    assert reset == ("shop.pay", "check 'provider': 2 healthy in a row", 0)
    closed = ask(CLOSED)
    assert len(closed) == 2  # on each process …
    assert {actor for _, actor in closed} == {"AutoRecovery"}  # … and by nobody else
    assert board.same_page
