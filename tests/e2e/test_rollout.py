"""A rollout in the browser: begun in the editor, watched by two, gone on with, rolled back with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import csp_reports, fits, inaccessible, picture
from tests.e2e.product import Console
from tests.e2e.shop import PROGRAM, Shop

pytestmark = pytest.mark.slow

STEERED = PROGRAM.with_name("steered.py")
PAY = "/policies/shop/production/breaker/shop.pay"
PROCESSES = 3
LOOKS = {"light": ("light", 1280), "dark": ("dark", 1280), "phone": ("light", 360)}


@pytest.fixture(scope="module")
def fleet(shop: Shop) -> Shop:
    """Three processes that call one upstream."""
    provider = shop.upstream()
    for _ in range(PROCESSES):
        shop.start("shop", provider, program=STEERED)
    return shop


def opened(page: Any, address: str) -> Any:
    """The page, once its socket is open."""
    page.goto(address)
    expect(page.locator("#link-state")).to_have_attribute("data-link", "live")
    return page


def begun(page: Any, console: Console) -> str:
    """A rollout of a threshold, by the editor's form; its address."""
    opened(page, f"{console.url}/policies/")
    expect(page.get_by_role("link", name="shop.pay")).to_be_visible()  # a process has said what it has
    opened(page, f"{console.url}{PAY}")
    expect(page.get_by_text(f"{PROCESSES} linked")).to_be_visible()
    page.goto(f"{console.url}{PAY}/edit")
    page.get_by_label("failure_threshold").fill("9")
    share = page.get_by_label("Then a share (%)")
    expect(share).to_be_hidden()
    page.get_by_label("Step by step").check()
    share.fill("60")
    page.get_by_label("Reason").fill("fewer openings")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(r"/rollouts/\d+/$"))
    return str(page.url)


def test_one_begins_it_and_another_sees_it_go_on_and_back(
    new_page: Callable[..., Any], console: Console, fleet: Shop, pictures: Path
) -> None:
    page, other = new_page(), new_page()
    address = begun(page, console)
    opened(other, address)
    expect(other.get_by_text("Stage 1 of 3: one process.")).to_be_visible()
    expect(other.get_by_text("1 new · 2 old · 3 linked")).to_be_visible()  # the process said that it runs it
    expect(other.locator("[aria-current=step]")).to_contain_text("One process")
    for look, (scheme, width) in LOOKS.items():
        seen = new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        opened(seen, address)
        assert fits(seen)
        assert inaccessible(seen) == []
        picture(seen, pictures, f"rollout-{look}")
    # Nobody publishes to it meanwhile, and the breaker's page says why.
    page.goto(f"{console.url}{PAY}/edit")
    page.get_by_label("failure_threshold").fill("7")
    page.get_by_label("Reason").fill("me too")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Nothing was published.")).to_be_visible()
    page.context.watched.errors.clear()  # a 409 is an error of the console's, to the browser
    page.goto(f"{console.url}/breakers/shop/production/shop.pay")
    page.get_by_role("link", name="Rollout: stage 1 of 3").click()
    # By keyboard: on, without waiting.
    page.get_by_role("link", name="Go on now…").press("Enter")
    page.get_by_role("button", name="Go on to 60 % of the processes").press("Enter")
    expect(other.get_by_text("Stage 2 of 3: 60 % of the processes.")).to_be_visible()
    expect(other.get_by_text("2 new · 1 old · 3 linked")).to_be_visible()
    # And back: it asks why.
    page.get_by_role("link", name="Roll back…").click()
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_text("a reason is needed")).to_be_visible()
    page.context.watched.errors.clear()  # as is a 422
    page.get_by_label("Reason").fill("a release comes first")
    page.get_by_role("button", name="Roll back").click()
    expect(other.get_by_text("everybody is told to run what was in force before")).to_be_visible()
    expect(other.get_by_text("3 old · 3 linked")).to_be_visible()
    expect(other.get_by_role("link", name="Go on now…")).to_have_count(0)
    assert csp_reports(other) == []
    opened(page, f"{console.url}{PAY}")
    expect(page.get_by_text("3 of 3 as wanted")).to_be_visible()
