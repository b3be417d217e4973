"""The browser is cut off: the console restarts, dies, or stands still. The page says so, and comes back by itself."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from tests.e2e.board import Board
from tests.e2e.browser import picture
from tests.e2e.product import Console
from tests.e2e.shop import Shop

pytestmark = pytest.mark.slow

# What Chromium and htmx tell the developer's console while nobody answers.
AWAY = ("ERR_CONNECTION_REFUSED", "WebSocket connection to", "Failed to load resource", "htmx:ws:error")


@pytest.fixture
def board(new_page: Callable[..., Any], console: Console, shop: Shop) -> Board:
    """A live board of one calm breaker."""
    if not shop.processes:
        shop.start("shop", shop.upstream(), "shop.pay=0.5")
    board = Board(new_page(), console)
    expect(board.row("shop.pay")).to_have_attribute("data-state", "closed")
    board.wait_live()
    return board


def live_again(board: Board) -> None:
    """By itself, with fresh data, on the same page, with nothing left of the silence."""
    board.wait_live()
    expect(board.link).to_have_text(re.compile(r"Live · [0-5] s old"))
    expect(board.page.locator("main")).not_to_have_attribute("data-aged", "")
    expect(board.page.locator("[data-as-of-note]")).to_be_hidden()
    expect(board.row("shop.pay")).to_have_attribute("data-state", "closed")
    expect(board.sentence).to_have_text("Nothing is wrong.")
    expect(board.page).to_have_title("All well · Board · Recovery")
    board.expect_icon("calm")
    assert board.same_page
    errors = board.page.context.watched.errors
    errors[:] = [error for error in errors if not any(word in error for word in AWAY)]


def aged(board: Board) -> None:
    """What is shown is marked as old, and says when it was true."""
    expect(board.page.locator("main")).to_have_attribute("data-aged", "")
    expect(board.page.locator("[data-as-of-note]")).to_have_text(re.compile(r"as of \d\d:\d\d:\d\d"))
    expect(board.page).to_have_title("Cut off · All well · Board · Recovery")
    board.expect_icon("lost")


def test_a_restart_goes_by(board: Board, console: Console) -> None:
    console.restart()
    expect(board.went).to_have_attribute("data-links", re.compile("live reconnecting.* live$"))
    live_again(board)


def test_a_dead_console_leaves_a_page_that_says_how_old_it_is(board: Board, console: Console, pictures: Path) -> None:
    console.kill()
    expect(board.link).to_have_attribute("data-link", "reconnecting")
    expect(board.link).to_contain_text("Reconnecting")
    aged(board)
    expect(board.row("shop.pay")).to_be_visible()
    picture(board.page, pictures, "board-as-of")
    console.start()
    live_again(board)


def test_a_console_that_stands_still_is_noticed_though_no_socket_closed(board: Board, console: Console) -> None:
    assert console.process is not None
    console.process.send_signal(signal.SIGSTOP)
    try:
        aged(board)
        expect(board.link).to_contain_text("Silent for")
        expect(board.went).to_have_attribute("data-links", re.compile("live$"))
    finally:
        console.process.send_signal(signal.SIGCONT)
    live_again(board)


def test_a_session_that_is_over_leads_to_the_sign_in(board: Board, console: Console) -> None:
    board.page.context.clear_cookies()
    console.restart()
    try:
        board.page.wait_for_url("**/account/sign-in/**")
    except Error as problem:  # the page was loaded anew in the very moment when nobody answered
        if "ERR_CONNECTION_REFUSED" not in str(problem):
            raise
        board.page.reload()
        board.page.wait_for_url("**/account/sign-in/**")
    board.page.context.watched.errors.clear()
