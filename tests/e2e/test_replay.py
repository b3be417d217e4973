"""The replay in the editor: it is there by itself, follows what is typed, and says which field is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import fits, inaccessible, picture
from tests.e2e.product import Console

pytestmark = pytest.mark.slow
EDIT = "/policies/shop/production/breaker/shop.pay/edit"
LOOKS = {"light": ("light", 1440), "dark": ("dark", 1280), "phone": ("light", 360)}


@pytest.fixture(scope="module")
def recorded(console: Console) -> Console:
    """A console that has a recording."""
    done = console.command("shell", "-c", "from tests.replay.seeded import recent; recent()")
    assert done.returncode == 0, done.stderr
    return console


def test_it_follows_what_is_typed(new_page: Callable[..., Any], recorded: Console) -> None:
    page = new_page()
    page.goto(f"{recorded.url}{EDIT}")
    said = page.locator(".replay-said")
    expect(said).to_contain_text("These are the present settings")
    field = page.get_by_label("failure_threshold", exact=True)
    field.fill("9")
    expect(said).to_have_text(re.compile(r"would have opened .+ instead of \d+, for .+ would have reached users"))
    field.fill("0")
    expect(page.locator("#replay")).to_contain_text("failure_threshold must be a whole number >= 1")
    field.fill("")
    expect(said).to_contain_text("These are the present settings")


def test_the_length_stays_what_was_chosen(new_page: Callable[..., Any], recorded: Console) -> None:
    page = new_page()
    page.goto(f"{recorded.url}{EDIT}")
    chosen = page.locator("#replay").get_by_role("link", name="6 h", exact=True)
    chosen.click()
    expect(chosen).to_have_attribute("aria-current", "true")
    page.get_by_label("recovery_timeout", exact=True).fill("5")
    expect(page.locator(".replay-said")).to_contain_text("instead of")
    expect(chosen).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile("/edit$"))


@pytest.mark.parametrize("look", LOOKS)
def test_it_fits_and_everyone_can_read_it(
    new_page: Callable[..., Any], recorded: Console, pictures: Path, look: str
) -> None:
    scheme, width = LOOKS[look]
    page = new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto(f"{recorded.url}{EDIT}?preset=production")
    expect(page.locator(".replay-said")).to_contain_text("instead of")
    expect(page.locator("svg.replay-ribbon")).to_have_count(2)
    page.locator("#replay summary").filter(has_text="The same as a table").click()
    expect(page.locator("#replay").get_by_text("Present: opened")).to_be_visible()
    assert fits(page)
    assert inaccessible(page) == []
    picture(page, pictures, f"replay-{look}")
