"""A house in which something is going on: each page in each look, by pointer and by keyboard, and who is silent how."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.board import Board
from tests.e2e.browser import fits, inaccessible, picture
from tests.e2e.product import Console
from tests.e2e.shop import Shop

pytestmark = pytest.mark.slow

LOOKS = {"light": ("light", 1440), "dark": ("dark", 1280), "phone": ("dark", 360)}
PAGES = {
    "board": "/",
    "breaker": "/breakers/shop/production/shop.pay",
    "breaker-hour": "/breakers/shop/production/shop.stock?span=1h",
    "errors": "/errors/",
    "services": "/services/",
    "service": "/services/shop/production/",
    "add-service": "/services/add/",
    "health": "/health/",
}
SILENT_AFTER = 45.0  # s without a word
FEW = 8  # spans of the chart, the newest of which may not be added up yet
BEAT = 15.0  # s between two words of a process that has nothing to say


@pytest.fixture(scope="module")
def house(browser: Any, console: Console, shop: Shop, signed_in: Any) -> float:
    """One breaker refuses, one is idle, one process stands still, one was killed, one has left; when that was."""
    well, away = shop.upstream(), shop.upstream()
    shop.start("shop", well, "shop.stock=0.5", "shop.search=0.5")
    shop.start("shop", away, "shop.pay=0.2")
    shop.start("shop", well, "shop.rare=0")
    still = shop.start("shop", well, "shop.report=0.5")
    dead = shop.start("shop", well, "shop.invoice=0.5")
    left = shop.start("shop", well, "shop.old=0.5")
    context = browser.new_context(storage_state=signed_in)
    board = Board(context.new_page(), console)
    expect(board.chip("Closed").locator("b")).to_have_text("7")
    away.shut()
    still.send_signal(signal.SIGSTOP)
    since = time.monotonic()
    dead.kill()
    left.terminate()
    expect(board.sentence).to_have_text(re.compile("1 breaker is open"))
    context.close()
    return since


def test_filters_and_search_are_in_the_address(new_page: Callable[..., Any], console: Console, house: float) -> None:
    board = Board(new_page(), console)
    board.chip("Open").click()
    board.page.wait_for_url(f"{console.url}/?state=open")
    expect(board.chip("Open")).to_have_attribute("aria-current", "true")
    expect(board.row("shop.pay")).to_be_visible()
    expect(board.row("shop.stock")).to_have_count(0)
    board.page.go_back()
    expect(board.row("shop.stock")).to_be_visible()

    board.page.keyboard.press("/")
    board.page.keyboard.type("SEAR")
    board.page.wait_for_url(f"{console.url}/?q=SEAR")
    expect(board.row("shop.search")).to_be_visible()
    expect(board.row("shop.stock")).to_have_count(0)
    expect(board.chip("Closed").locator("b")).to_have_text("1")
    expect(board.page.get_by_role("searchbox")).to_be_focused()
    board.page.reload()
    expect(board.page.get_by_role("searchbox")).to_have_value("SEAR")
    expect(board.page.locator("tr[data-row]")).to_have_count(1)

    board.page.get_by_role("searchbox").fill("<b>nothing</b>")
    expect(board.page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    board.page.get_by_role("link", name="Show all breakers").click()
    expect(board.row("shop.stock")).to_be_visible()


def test_by_keyboard_alone(new_page: Callable[..., Any], console: Console, house: float) -> None:
    board = Board(new_page(), console)
    keys = board.page.keyboard
    focused = board.page.locator(":focus")
    keys.press("Tab")
    expect(focused).to_have_text("Skip to content")
    keys.press("Enter")
    expect(board.page.locator("main")).to_be_focused()
    keys.press("?")
    help_ = board.page.get_by_role("dialog", name="Keyboard")
    expect(help_).to_be_visible()
    keys.press("Escape")
    expect(help_).to_be_hidden()

    keys.press("j")
    expect(focused).to_have_text("shop.pay")  # what needs attention comes first
    keys.press("j")
    second = focused.inner_text()
    assert second.startswith("shop.")
    keys.press("k")
    expect(focused).to_have_text("shop.pay")
    time_shown = board.row("shop.pay").locator("time").first
    before = time_shown.get_attribute("datetime")
    expect(time_shown).not_to_have_attribute("datetime", before or "")  # it was pushed anew (a probe failed) …
    expect(focused).to_have_text("shop.pay")  # … and the focus stayed
    keys.press("Enter")
    board.page.wait_for_url("**/breakers/shop/production/shop.pay")
    for key, address in (("e", "/errors/"), ("s", "/services/"), ("b", "/")):
        keys.press("g")
        keys.press(key)
        board.page.wait_for_url(f"{console.url}{address}")


def test_from_the_board_to_the_breaker_to_its_error(
    new_page: Callable[..., Any], console: Console, house: float
) -> None:
    board = Board(new_page(), console)
    board.row("shop.pay").locator("a.name").click()
    page = board.page
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"shop\.pay\s+(Open|Half-open)"))
    expect(page).to_have_title(re.compile(r"^shop\.pay · (Open|Half-open) · Recovery$"))
    happened = page.get_by_role("region", name="What happened").get_by_role("listitem")
    expect(happened.filter(has_text="probe failed").first).to_be_visible()
    newest = happened.first.locator("time")
    expect(newest).not_to_have_attribute("datetime", newest.get_attribute("datetime"))  # and nobody reloaded
    expect(page.get_by_role("region", name="How it moves").get_by_role("img")).to_be_visible()
    expect(page.get_by_role("region", name="Processes").locator("tbody tr")).to_have_count(1)

    twin = page.locator("details", has_text="The same as a table").first
    for _ in range(5):  # a push between press and release may swallow a click
        if twin.get_attribute("open") is None:
            twin.locator("summary").click()
    expect(twin).to_have_attribute("open", "")
    refused = page.locator("table[id^=chart-table-] tbody td:nth-child(4)").filter(has_text=re.compile("[1-9]"))
    expect(refused.first).to_be_visible()  # added up, some ten seconds after it happened
    page.locator("svg[data-read-out]").focus()
    said = page.locator("[data-says]")
    for _ in range(FEW):
        if "Refused" not in said.inner_text():
            page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text("Refused")

    page.goto(f"{console.url}/errors/")
    page.get_by_role("link", name=re.compile("URLError")).first.click()
    page.wait_for_url(re.compile(r"/errors/\d+/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("URLError")
    expect(page.locator("main")).to_contain_text("Connection refused")
    expect(page.locator("main")).to_contain_text("shop.py")


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_in_every_look(
    new_page: Callable[..., Any], console: Console, house: float, pictures: Path, look: str
) -> None:
    scheme, width = LOOKS[look]
    page = new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    wrong = []
    for name, address in PAGES.items():
        answer = page.goto(f"{console.url}{address}")
        expect(page.locator("#link-state")).to_have_attribute("data-link", "live")
        picture(page, pictures, f"{name}-{look}")
        wrong += [] if answer.status == 200 else [(name, answer.status)]
        wrong += [] if fits(page) else [(name, "is wider than the screen")]
        wrong += [] if page.get_by_role("heading", level=1).count() == 1 else [(name, "has not one h1")]
        wrong += [(name, *objection) for objection in inaccessible(page)]
    assert wrong == []


def test_the_silences_look_different(
    new_page: Callable[..., Any], console: Console, house: float, pictures: Path
) -> None:
    board = Board(new_page(), console)
    idle, gone = board.row("shop.rare"), board.row("shop.old")
    expect(idle).to_have_attribute("data-state", "closed")
    expect(idle).to_contain_text("idle")
    expect(gone).to_contain_text("Gone")
    expect(gone).to_contain_text("all its processes have left")
    for name in ("shop.invoice", "shop.report"):  # killed: noticed at once; standing still: after 45 s
        expect(board.row(name)).to_have_class("silent", timeout=(SILENT_AFTER + 45) * 1000)
        expect(board.row(name)).to_contain_text(re.compile(r"No data\s*as of \d\d:\d\d:\d\d"))
        expect(board.row(name)).to_contain_text("lost its link")
    assert time.monotonic() - house > SILENT_AFTER - BEAT  # counted from what was heard last
    expect(board.sentence).to_have_text("1 breaker is open, 2 were cut off.")
    expect(board.chip("No data").locator("b")).to_have_text("3")
    expect(board.link).to_contain_text("Live")  # it is not the browser that is cut off
    picture(board.page, pictures, "board-silences")
    board.page.goto(f"{console.url}/services/shop/production/")
    links = board.page.get_by_role("region", name="Processes").locator("tbody tr td:first-child")
    for word, count in (("Linked", 3), ("Cut off", 2), ("Gone", 1)):
        expect(links.filter(has_text=word)).to_have_count(count)
