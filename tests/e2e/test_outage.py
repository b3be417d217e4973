"""A real outage, seen from the board: it opens, it closes, nobody reloads anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.board import Board
from tests.e2e.browser import picture
from tests.e2e.product import Console
from tests.e2e.shop import Shop, Upstream

pytestmark = pytest.mark.slow

OPEN = re.compile("open")  # or half-open, while a probe is out

# A proxy that lets no upgrade through, and a browser that has no sockets at all.
WITHOUT_SOCKETS = {
    "refused": """
        window.WebSocket = class extends EventTarget {
          readyState = 0;
          constructor() {
            super();
            setTimeout(() => {
              this.readyState = 3;
              this.dispatchEvent(new Event("error"));
              this.dispatchEvent(new CloseEvent("close", { code: 1006 }));
            }, 20);
          }
          close() {}
          static OPEN = 1; static CONNECTING = 0; static CLOSED = 3;
        };""",
    "missing": "delete window.WebSocket;",
}


@pytest.fixture(scope="module")
def provider(shop: Shop) -> Upstream:
    """What the shop's `pay` calls. `stock` calls something that stays well."""
    provider = shop.upstream()
    shop.start("shop", provider, "shop.pay=0.2")
    shop.start("shop", shop.upstream(), "shop.stock=0.5")
    return provider


@pytest.fixture
def pay(provider: Upstream) -> Iterator[Upstream]:
    """It is well before a test and after it."""
    yield provider
    provider.open()


def calm(board: Board) -> None:
    """Until nothing is wrong and both breakers are there."""
    expect(board.sentence).to_have_text("Nothing is wrong.")
    expect(board.chip("Closed").locator("b")).to_have_text("2")


def test_a_breaker_opens_and_closes_before_the_operators_eyes(
    new_page: Callable[..., Any], console: Console, pay: Upstream, pictures: Path
) -> None:
    page = new_page()
    boards = [Board(page, console), Board(page.context.new_page(), console)]
    for board in boards:
        calm(board)
        expect(board.page).to_have_title("All well · Board · Recovery")
        board.expect_icon("calm")
        expect(board.row("shop.pay")).to_have_attribute("data-state", "closed")
    picture(page, pictures, "board-calm")

    pay.shut()
    for board in boards:
        row = board.page.locator("#group-attention tr", has_text="shop.pay")
        expect(row).to_have_attribute("data-state", "open")
        expect(row).to_contain_text("Connection refused")
        expect(board.sentence).to_have_text("1 breaker is open.")
        expect(board.page).to_have_title("1 open · Board · Recovery")
        board.expect_icon("alarm")
        expect(board.page.locator("#board-chips")).to_contain_text(re.compile(r"Open 1\s.*Closed 1\s", re.DOTALL))
        expect(board.row("shop.stock")).to_have_attribute("data-state", "closed")
    picture(page, pictures, "board-outage")

    pay.open()
    for board in boards:
        calm(board)
        expect(board.page.locator("#group-attention")).to_have_count(0)
        expect(board.row("shop.pay")).to_contain_text("last opened by")
        board.expect_icon("calm")
        assert board.same_page


def test_rows_hold_still_while_one_points_at_them(
    new_page: Callable[..., Any], console: Console, pay: Upstream, pictures: Path
) -> None:
    board = Board(new_page(), console)
    calm(board)
    home = board.page.locator("section[data-group^=service-]")
    expect(board.row("shop.stock")).to_be_visible()
    board.row("shop.stock").hover()
    place = board.row("shop.stock").bounding_box()
    pay.shut()
    thaw = board.page.get_by_role("button", name="1 row would move")
    expect(thaw).to_be_visible()
    expect(home.locator("tr", has_text="shop.pay")).to_have_attribute("data-state", OPEN)
    assert board.row("shop.stock").bounding_box() == place  # what one points at stays under the pointer
    picture(board.page, pictures, "board-frozen")
    thaw.click()
    expect(board.page.locator("#group-attention tr", has_text="shop.pay")).to_be_visible()
    expect(thaw).to_be_hidden()

    board.row("shop.stock").locator("a.name").focus()  # and the same for the keyboard
    pay.open()
    expect(board.row("shop.pay")).to_have_attribute("data-state", "closed")
    expect(board.page.locator("#group-attention tr", has_text="shop.pay")).to_be_visible()
    assert board.page.evaluate("document.activeElement.textContent") == "shop.stock"
    board.page.evaluate("document.activeElement.blur()")
    expect(home.locator("tr", has_text="shop.pay")).to_be_visible()


@pytest.mark.parametrize("how", WITHOUT_SOCKETS)
def test_without_sockets_the_page_polls(
    new_page: Callable[..., Any], console: Console, pay: Upstream, how: str
) -> None:
    page = new_page()
    page.add_init_script(WITHOUT_SOCKETS[how])
    board = Board(page, console)
    calm(board)
    expect(board.link).to_contain_text("Polling")
    pay.shut()
    expect(board.page.locator("#group-attention tr", has_text="shop.pay")).to_be_visible()
    expect(board.sentence).to_contain_text("1 breaker is")
    expect(page.locator("main")).not_to_have_attribute("data-aged", "")
    expect(board.went).to_have_attribute("data-links", re.compile("^( reconnecting)+$"))
    assert board.same_page
    errors = page.context.watched.errors
    errors[:] = [error for error in errors if "htmx:ws:error" not in error]  # htmx tells the console of each attempt


def test_a_pause_holds_the_page_and_going_on_catches_up(
    new_page: Callable[..., Any], console: Console, pay: Upstream
) -> None:
    watched, board = Board(new_page(), console), Board(new_page(), console)
    for each in (watched, board):
        calm(each)
    board.page.get_by_role("button", name="Pause updates").click()
    pay.shut()
    expect(watched.sentence).to_contain_text("1 breaker is")
    expect(board.row("shop.pay")).to_have_attribute("data-state", "closed")
    board.page.get_by_role("button", name="Go on").click()
    expect(board.page.locator("#group-attention tr", has_text="shop.pay")).to_be_visible()
