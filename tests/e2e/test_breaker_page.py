"""A breaker's page beside a real process: rates and counts each second, the countdown, the ribbon, the read-out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import csp_reports, fits, inaccessible
from tests.e2e.product import Console
from tests.e2e.shop import Shop

pytestmark = pytest.mark.slow

ADDRESS = "/breakers/shop/production/shop.pay"
COUNT = """seconds => new Promise((done) => {
  const pushed = {};
  const count = ({ detail }) => { for (const { key } of detail.parts) pushed[key] = (pushed[key] ?? 0) + 1; };
  document.addEventListener("recovery:parts", count);
  setTimeout(() => done(pushed), seconds * 1000);
})"""


def test_pulses_of_a_real_process_change_the_page_each_second(
    new_page: Callable[..., Any], console: Console, shop: Shop, pictures: Path
) -> None:
    upstream = shop.upstream()
    for _ in range(2):
        shop.start("shop", upstream, "shop.pay=0.05", "shop.quiet=0")
    page = new_page()
    console.wait(lambda: page.request.get(f"{console.url}{ADDRESS}").status == 200)
    page.goto(f"{console.url}{ADDRESS}")
    live, processes = page.locator("[id^=breaker-live-]"), page.locator("[id^=breaker-processes-]")
    expect(live).to_contain_text("live,")
    expect(processes).to_contain_text("2 linked · live")
    expect(processes.get_by_text(re.compile(r"0 of \d+ failures in a row"))).to_have_count(2)
    pushed = page.evaluate(COUNT, 4)
    times = {key.partition(":")[0]: count for key, count in pushed.items()}
    assert 2 <= times["breaker-live"] <= 16  # each second; never more than four times
    assert 2 <= times["breaker-processes"] <= 16

    upstream.shut()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Open")
    expect(processes.get_by_text(re.compile("next probe in|the next call is the probe")).first).to_be_visible()
    refused = live.locator(".fact", has_text="Refused/s").locator("dd")
    expect(refused).to_have_class("bad")
    expect(page.locator("[id^=breaker-history-]")).to_contain_text("Opened")
    expect(page.locator(".ribbon rect[data-state=open]").first).to_be_attached()
    page.screenshot(path=pictures / "breaker-live-open.png")

    upstream.open()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Closed")
    assert csp_reports(page) == []


def test_the_chart_is_read_out_by_keyboard_and_keeps_its_place(
    new_page: Callable[..., Any], console: Console, shop: Shop
) -> None:
    page = new_page(viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    page.goto(f"{console.url}{ADDRESS}")
    page.locator("svg.chart").focus()
    says = page.locator("[data-says]")
    expect(says).to_contain_text("State")
    page.keyboard.press("Home")
    first = says.locator("time").get_attribute("datetime")
    page.keyboard.press("ArrowRight")
    expect(says.locator("time")).not_to_have_attribute("datetime", str(first))
    here = says.locator("time").get_attribute("datetime")
    page.evaluate('document.dispatchEvent(new CustomEvent("recovery:swapped"))')
    expect(says.locator("time")).to_have_attribute("datetime", str(here))
    page.get_by_role("link", name="90 d").click()
    expect(page).to_have_url(re.compile("span=90d"))
    assert fits(page)
    assert inaccessible(page) == []
