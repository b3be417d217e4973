"""Policies in the browser: typed by keyboard, drawn as one types, published, run by real processes or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import fits, inaccessible, picture
from tests.e2e.product import Console
from tests.e2e.shop import PROGRAM, Shop, Upstream

pytestmark = pytest.mark.slow

STEERED = PROGRAM.with_name("steered.py")
PAY = "/policies/shop/production/breaker/shop.pay"
FETCH = "/policies/shop/production/operation/shop.fetch"
LOOKS = {"light": ("light", 1440), "dark": ("dark", 1280), "phone": ("dark", 360)}


@pytest.fixture(scope="module")
def provider(shop: Shop) -> Upstream:
    """What one process of the shop calls."""
    provider = shop.upstream()
    shop.start("shop", provider, program=STEERED)
    return provider


@pytest.fixture
def declared(provider: Upstream, new_page: Callable[..., Any], console: Console) -> Upstream:
    """The process has said what it has."""
    page = new_page()
    page.goto(f"{console.url}/policies/")
    expect(page.get_by_role("link", name="shop.pay")).to_be_visible()
    expect(page.get_by_role("link", name="shop.fetch")).to_be_visible()
    return provider


def opened(page: Any, console: Console, address: str = PAY) -> Any:
    """The page, once its socket is open."""
    page.goto(f"{console.url}{address}")
    expect(page.locator("#link-state")).to_have_attribute("data-link", "live")
    return page


def publish(page: Any, reason: str) -> None:
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Publish").click()


def test_a_threshold_is_edited_by_keyboard_and_the_process_runs_it(
    new_page: Callable[..., Any], console: Console, declared: Upstream, pictures: Path
) -> None:
    page = opened(new_page(), console, "/")
    keys = page.keyboard
    keys.press("g")
    keys.press("p")
    page.wait_for_url(f"{console.url}/policies/")
    keys.press("/")
    keys.type("pay")
    page.wait_for_url(f"{console.url}/policies/?q=pay")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.get_by_role("link", name="shop.pay").press("Enter")
    page.wait_for_url(f"{console.url}{PAY}")
    page.get_by_role("link", name="Edit").press("Enter")
    page.wait_for_url(f"{console.url}{PAY}/edit")

    machine, changes = page.locator("svg.machine"), page.get_by_role("region", name="What would change")
    expect(machine).to_contain_text("3 failures in a row")
    page.evaluate("document.querySelector('#policy-form').untouched = true")
    page.get_by_label("failure_threshold", exact=True).focus()
    keys.type("0")
    expect(page.locator("#problem-failure_threshold")).to_contain_text("must be a whole number >= 1")
    keys.press("Backspace")
    keys.type("7")
    expect(machine).to_contain_text("7 failures in a row")
    expect(changes).to_contain_text("failure_threshold 7 failures")
    expect(page.locator("#problem-failure_threshold")).to_be_empty()
    expect(page.get_by_label("failure_threshold", exact=True)).to_be_focused()
    assert page.evaluate("document.querySelector('#policy-form').untouched") is True
    picture(page, pictures, "policy-edit")

    page.get_by_role("button", name="Publish").press("Enter")
    expect(page.locator("#problem-reason")).to_contain_text("a reason is needed")
    expect(page.get_by_label("failure_threshold", exact=True)).to_have_value("7")
    page.get_by_label("Reason").focus()
    keys.type("three is too nervous")
    page.get_by_role("button", name="Publish").press("Enter")
    page.wait_for_url(re.compile(re.escape(PAY) + r"(\?|$)"))
    running = page.get_by_role("region", name="What each process runs")
    expect(running).to_contain_text("1 of 1 as wanted")
    expect(running.locator("tbody tr")).to_contain_text("r1")
    picture(page, pictures, "policy-published")

    declared.shut()
    page.goto(f"{console.url}/breakers/shop/production/shop.pay")
    expect(page.get_by_role("region", name="What happened")).to_contain_text("7 failures in a row")
    declared.open()


def test_the_schedule_is_drawn_as_one_types(
    new_page: Callable[..., Any], console: Console, declared: Upstream, pictures: Path
) -> None:
    page = opened(new_page(), console, f"{FETCH}/edit")
    schedule = page.get_by_role("region", name="While every attempt fails")
    expect(schedule).to_contain_text("2 attempts")
    expect(schedule.locator("rect.band")).to_have_count(2)
    page.get_by_label("max_attempts", exact=True).press_sequentially("6")
    expect(schedule).to_contain_text("up to 6 calls")
    expect(schedule.locator("rect.band")).to_have_count(6)
    page.get_by_label("base_delay", exact=True).fill("2")
    page.get_by_label("jitter", exact=True).select_option("full")
    expect(schedule.get_by_role("img")).to_have_attribute("aria-label", re.compile("waiting 0 to 62 s in all"))
    page.get_by_label("If every attempt fails with").select_option("not_found")
    expect(schedule).to_contain_text("not_found is not retried")
    page.get_by_role("link", name="production").click()
    page.get_by_label("If every attempt fails with").select_option("timeout")
    expect(page.get_by_label("max_attempts", exact=True)).to_have_value("5")
    expect(page.get_by_label("jitter", exact=True)).to_have_value("")
    expect(schedule).to_contain_text("up to 5 calls")
    schedule.get_by_text("The same as a table").click()
    expect(schedule.locator("tbody tr")).to_have_count(5)
    picture(page, pictures, "policy-schedule")
    publish(page, "the upstream is slow")
    expect(page.get_by_role("region", name="What each process runs")).to_contain_text("1 of 1 as wanted")


def test_of_two_browsers_the_second_sees_the_firsts_change_and_rebases(
    new_page: Callable[..., Any], console: Console, declared: Upstream, pictures: Path
) -> None:
    first, second = (opened(new_page(), console, f"{PAY}/edit") for _ in range(2))
    first.get_by_label("recovery_timeout", exact=True).fill("2")
    second.get_by_label("half_open_successes", exact=True).fill("2")
    second.get_by_label("recovery_timeout", exact=True).fill("9")
    publish(first, "back sooner")
    expect(first.get_by_role("region", name="What each process runs")).to_contain_text("1 of 1 as wanted")

    publish(second, "more proof")
    conflict = second.get_by_role("alert").filter(has_text="changed it meanwhile")
    expect(conflict).to_contain_text("recovery_timeout 2 s")
    expect(conflict).to_contain_text("back sooner")
    picture(second, pictures, "policy-conflict")
    assert inaccessible(second) == []
    assert all("409" in error for error in second.context.watched.errors)
    second.context.watched.errors.clear()

    second.get_by_role("button", name="Put my edits over it").click()
    expect(second.get_by_role("status")).to_contain_text("You both changed recovery_timeout")
    expect(second.get_by_label("recovery_timeout", exact=True)).to_have_value("9")
    expect(second.get_by_label("half_open_successes", exact=True)).to_have_value("2")
    publish(second, "more proof")
    running = second.get_by_role("region", name="What each process runs")
    expect(running).to_contain_text("1 of 1 as wanted")
    newest = second.get_by_role("region", name="History").get_by_role("listitem").first
    expect(newest).to_contain_text("recovery_timeout 2 s")
    expect(newest).to_contain_text("recovery_timeout 9 s")
    # Whoever still looks at the first page sees it without loading it anew.
    expect(first.get_by_role("region", name="What each process runs").locator("tbody tr")).to_contain_text(
        re.compile(r"r[4-9]")
    )


def test_a_process_whose_engine_is_older_keeps_its_last_good_one_and_says_so(
    new_page: Callable[..., Any], console: Console, shop: Shop, declared: Upstream, pictures: Path
) -> None:
    older = shop.start("shop", declared, "older", program=STEERED)
    page = opened(new_page(), console)
    running = page.get_by_role("region", name="What each process runs")
    expect(running).to_contain_text("2 of 2 as wanted")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("half_open_max_wait", exact=True).fill("5")
    publish(page, "probes hang")
    expect(running).to_contain_text("1 of 2 as wanted")
    refused = running.locator("tbody tr").first
    expect(refused).to_contain_text("keeps its last good one: BreakerConfig has no field half_open_max_wait")
    expect(refused).to_contain_text(str(older.pid))
    picture(page, pictures, "policy-refused")
    page.goto(f"{console.url}/policies/?show=drift")
    expect(page.locator("tr[data-row]")).to_contain_text("1 of 2 refused it")

    page.goto(f"{console.url}{PAY}")
    page.get_by_role("link", name=re.compile("Return to code")).click()
    page.get_by_label("Reason").fill("the old one is still there")
    page.get_by_role("button", name="Return to code").click()
    expect(running).to_contain_text("2 of 2 as wanted")
    expect(running.locator("tbody tr").first).to_contain_text("code")
    older.terminate()


def test_it_works_without_scripts(browser: Any, console: Console, signed_in: Any, declared: Upstream) -> None:
    context = browser.new_context(storage_state=signed_in, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{console.url}{FETCH}/edit")
    page.get_by_label("max_attempts", exact=True).fill("4")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="While every attempt fails")).to_contain_text("up to 4 calls")
    page.get_by_role("link", name="testing").click()
    expect(page.get_by_label("max_attempts", exact=True)).to_have_value("3")
    publish(page, "as in tests")
    expect(page.get_by_role("region", name="History").get_by_role("listitem").first).to_contain_text("as in tests")
    context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_in_every_look(
    new_page: Callable[..., Any], console: Console, declared: Upstream, pictures: Path, look: str
) -> None:
    scheme, width = LOOKS[look]
    page = new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    pages = {
        "list": "/policies/",
        **{name: f"{PAY}{rest}" for name, rest in {"one": "", "edit": "/edit", "compare": "/compare"}.items()},
        "operation": FETCH,
        "edit-operation": f"{FETCH}/edit",
        "lift": f"{FETCH}/lift",
    }
    wrong = []
    for name, address in pages.items():
        opened(page, console, address)
        picture(page, pictures, f"policies-{name}-{look}")
        wrong += [] if fits(page) else [(name, "is wider than the screen")]
        wrong += [] if page.get_by_role("heading", level=1).count() == 1 else [(name, "has not one h1")]
        wrong += [(name, *objection) for objection in inaccessible(page)]
    assert wrong == []
