"""A newcomer: an empty board, a token in two clicks, three lines, and the mark turns green."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.board import Board
from tests.e2e.browser import inaccessible, picture
from tests.e2e.product import Console
from tests.e2e.shop import Shop

pytestmark = pytest.mark.slow


def test_from_an_empty_board_to_a_first_breaker(
    new_page: Callable[..., Any], console: Console, shop: Shop, pictures: Path
) -> None:
    page = new_page()
    board = Board(page, console)
    expect(board.sentence).to_have_text("No breaker has reported yet.")
    expect(board.page).to_have_title("Nothing known · Board · Recovery")
    picture(page, pictures, "board-empty")
    assert inaccessible(page) == []

    page.get_by_role("link", name="Connect a first service").click()  # one
    page.get_by_label("Service").fill("shop")
    page.get_by_role("button", name="Make the token").click()  # two
    token = page.locator("#token").inner_text().strip()
    lines = page.locator("#lines").inner_text()
    assert token in lines
    assert console.url in lines
    assert len(lines.strip().splitlines()) <= 3
    mark = page.locator(".contact").first
    expect(mark).to_contain_text("Waiting")
    picture(page, pictures, "token")
    assert inaccessible(page) == []

    board = Board(page.context.new_page(), console)
    expect(board.page.get_by_role("heading", name="Waiting for shop to call in")).to_be_visible()
    shop.start("shop", shop.upstream(), "shop.pay=0.5", token=token)
    expect(mark).to_contain_text("Linked.")
    expect(mark).to_contain_text(re.compile("1 process of shop called in, with 1 breaker"))
    expect(mark).to_have_attribute("data-state", "closed")
    picture(page, pictures, "token-linked")
    expect(board.row("shop.pay")).to_have_attribute("data-state", "closed")
    expect(board.sentence).to_have_text("Nothing is wrong.")
    assert board.same_page

    board.page.goto(f"{console.url}/services/shop/production/")
    expect(board.page.locator("main")).not_to_contain_text(token)  # it was told once
    board.page.locator("summary", has_text="Revoke").click()
    board.page.get_by_role("button", name=re.compile("^Revoke ")).click()
    expect(board.page.get_by_text(re.compile("is revoked"))).to_be_visible()
    board.page.goto(console.url)
    expect(board.row("shop.pay")).to_have_attribute("data-state", "stale")
