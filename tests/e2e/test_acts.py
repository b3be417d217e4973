"""An operator acts from the browser, and sees the processes obey."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.board import Board
from tests.e2e.browser import PASSWORD, fits, inaccessible, picture, sign_in
from tests.e2e.product import Console
from tests.e2e.shop import Shop, Upstream
from tests.link.running import sqlite

pytestmark = pytest.mark.slow

TWO = 2
PAY = "breakers/shop/production/shop.pay"
VIEWER = """
from django.contrib.auth.models import User
from recovery.models import Membership
Membership.objects.create(user=User.objects.create_user("vic", password={password!r}), role="viewer")
"""
# When a row is seen to change its state, in this page; and when an act leaves the page.
SEES = """
new MutationObserver(() => {
  const row = [...document.querySelectorAll("tr[data-row]")].find((each) => each.textContent.includes("shop.pay"));
  if (row?.dataset.state === "forced-open") window.seenAt ??= Date.now();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
ASK_AGAIN = """
document.addEventListener("htmx:after:swap", () => { document.documentElement.dataset.asked = "again"; });
const head = document.querySelector(".page-head").id;
document.dispatchEvent(new CustomEvent("recovery:stale", { detail: { ids: [head] } }));
"""
ACTS = "document.addEventListener('recovery:acting', () => { window.actedAt = Date.now(); });"


@pytest.fixture(scope="module")
def provider(shop: Shop, console: Console) -> Upstream:
    """What the shop's `pay` calls; `stock` stands beside it."""
    provider = shop.upstream()
    shop.start("shop", provider, "shop.pay=0.1")
    shop.start("shop", shop.upstream(), "shop.stock=0.3")
    console.wait(lambda: console.command("breakers", "list").stdout.count("shop.") == TWO)
    return provider


@pytest.fixture
def free(provider: Upstream, console: Console) -> Iterator[Upstream]:
    """Nothing is held after a test."""
    yield provider
    for name in ("shop.pay", "shop.stock"):
        console.command("breakers", "release", "shop", name)


def breaker_page(page: Page, console: Console, name: str = PAY) -> Page:
    """A breaker's page, live."""
    page.goto(f"{console.url}/{name}")
    expect(page.locator("#link-state")).to_have_attribute("data-link", "live")
    return page


def state(page: Page) -> Locator:
    """How the breaker of this page stands."""
    return page.locator("h1 .state")


def told(page: Page) -> Locator:
    """What one did last."""
    return page.locator("#told article").first


def trip(page: Page, reason: str = "drill", **fields: str) -> None:
    """By the dialog of a breaker's page."""
    page.get_by_role("link", name="Hold…").click()
    dialog = page.get_by_role("dialog")
    for name, value in fields.items():
        dialog.get_by_role("radio", name="for").check()
        dialog.locator(f"[name={name}]").fill(value)
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=re.compile("^Trip on 1 process")).click()
    expect(dialog).to_be_hidden()


def test_a_trip_by_keyboard_alone_until_it_is_applied(
    new_page: Callable[..., Any], console: Console, free: Upstream, pictures: Path
) -> None:
    page = new_page()
    board = Board(page, console)
    board.wait_live()
    expect(board.row("shop.pay")).to_have_attribute("data-state", "closed")
    board.row("shop.pay").locator("a.name").focus()
    page.keyboard.press(".")
    expect(board.row("shop.pay").get_by_role("link", name="Trip")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name=re.compile("^Trip"))).to_be_focused()
    picture(page, pictures, "hold-dialog")
    assert inaccessible(page) == []
    for _ in range(5):
        if page.evaluate("document.activeElement.name") == "reason":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("provider maintenance")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(told(page)).to_contain_text("Applied on 1 of 1.")
    expect(told(page)).to_contain_text("sent 1 of 1 → received 1 of 1 → applied 1 of 1")
    picture(page, pictures, "told-applied")
    row = page.locator("#group-attention tr", has_text="shop.pay")
    page.evaluate("document.activeElement.blur()")
    expect(row).to_have_attribute("data-state", "forced-open")
    expect(row).to_contain_text("provider maintenance")
    expect(row.locator("time[data-as=until]")).to_have_text(re.compile(r"^1[45]:\d\d$"))
    assert board.same_page


def test_what_one_does_the_other_sees(new_page: Callable[..., Any], console: Console, free: Upstream) -> None:
    mine, theirs = new_page(), new_page()
    theirs.add_init_script(SEES)
    board = Board(theirs, console)
    board.wait_live()
    expect(board.row("shop.pay")).to_have_attribute("data-state", "closed")
    mine.add_init_script(ACTS)
    trip(breaker_page(mine, console))
    expect(board.row("shop.pay")).to_have_attribute("data-state", "forced-open")
    expect(told(mine)).to_contain_text("Applied on 1 of 1.")
    took = theirs.evaluate("window.seenAt") - mine.evaluate("window.actedAt")
    sys.stdout.write(f"\nclick in one browser → seen in the other: {took} ms\n")
    assert board.same_page


def test_an_undo_within_ten_seconds_brings_it_back(
    new_page: Callable[..., Any], console: Console, free: Upstream
) -> None:
    page = breaker_page(new_page(), console)
    expect(state(page)).to_contain_text("Closed")
    trip(page)
    expect(state(page)).to_contain_text("Forced open")
    expect(page.locator("#told")).to_contain_text("Applied on 1 of 1.")
    told(page).get_by_role("button", name="Undo").click()
    expect(told(page)).to_contain_text("Release shop.pay")
    expect(told(page)).to_contain_text("Applied on 1 of 1.")
    expect(state(page)).to_contain_text("Closed")  # it probed with its next call
    expect(page.locator("#told article")).to_have_count(2)
    told(page).get_by_role("button", name="Dismiss").click()
    expect(page.locator("#told article")).to_have_count(1)


def test_two_steps_in_place_fall_back_and_survive_pushes(
    new_page: Callable[..., Any], console: Console, free: Upstream
) -> None:
    page = breaker_page(new_page(), console)
    reset = page.locator(".page-head .acts button", has_text="Reset")
    reset.click()
    expect(reset).to_have_text("Reset on 1 process?")
    page.evaluate(ASK_AGAIN)
    expect(page.locator("html")).to_have_attribute("data-asked", "again")
    expect(reset).to_have_text("Reset on 1 process?")
    expect(reset).to_have_text("Reset")  # after 5 s
    assert page.locator("#told article").count() == 0
    reset.click()
    page.keyboard.press("Escape")
    expect(reset).to_have_text("Reset")
    reset.click()
    reset.click()
    expect(told(page)).to_contain_text("Reset shop.pay")
    expect(told(page)).to_contain_text("Applied on 1 of 1.")
    expect(told(page).get_by_role("button", name="Undo")).to_have_count(0)


def test_what_is_typed_stays_while_the_page_below_changes(
    new_page: Callable[..., Any], console: Console, free: Upstream
) -> None:
    page = breaker_page(new_page(), console)
    page.get_by_role("link", name="Hold…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=re.compile("^Trip")).click()
    expect(dialog).to_contain_text("a reason is needed")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    dialog.get_by_label("Reason").fill("half a sen")
    dialog.get_by_role("radio", name=re.compile("^Disable")).check()
    expect(dialog.locator("#reach")).to_contain_text("will pass unprotected, and nothing is recorded")
    console.command("breakers", "observe", "shop", "shop.pay", "--reason", "somebody else")
    expect(state(page)).to_contain_text("Metrics only")
    expect(dialog.get_by_label("Reason")).to_have_value("half a sen")
    expect(dialog.get_by_role("radio", name=re.compile("^Disable"))).to_be_checked()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Hold…").click()
    expect(dialog.get_by_label("Reason")).to_have_value("")
    page.context.watched.errors[:] = [each for each in page.context.watched.errors if "422" not in each]  # its own note


def test_many_at_once_by_a_selection_that_outlives_pushes(
    new_page: Callable[..., Any], console: Console, free: Upstream, pictures: Path
) -> None:
    page = new_page()
    board = Board(page, console)
    board.wait_live()
    page.get_by_label("Select", exact=True).check()
    for name in ("shop.pay", "shop.stock"):
        page.get_by_label(f"Select {name}").check()
    console.command("breakers", "observe", "shop", "shop.pay", "--reason", "learning")
    expect(board.row("shop.pay")).to_have_attribute("data-state", "metrics-only")
    expect(page.get_by_label("Select shop.pay")).to_be_checked()
    page.get_by_role("link", name="Act on 2 selected…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Trip 2 breakers in 1 service on 2 processes.")
    dialog.get_by_label("Reason").fill("all of it")
    picture(page, pictures, "many-dialog")
    assert inaccessible(page) == []
    dialog.get_by_role("button", name="Trip 2 breakers").click()
    expect(told(page)).to_contain_text(re.compile(r"applied (\d) of \1 times"))
    picture(page, pictures, "many-told")
    told(page).get_by_role("button", name="Undo").click()
    expect(told(page)).to_contain_text(re.compile(r"applied (\d) of \1 times"))
    expect(board.row("shop.pay")).to_have_attribute("data-state", "metrics-only")
    expect(board.row("shop.stock")).to_have_attribute("data-state", "closed")


def test_a_viewer_sees_no_act_and_a_forged_one_is_refused(
    browser: Any, console: Console, free: Upstream, pictures: Path
) -> None:
    made = console.command("shell", "-c", VIEWER.format(password=PASSWORD))
    assert made.returncode == 0, made.stderr
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, console, "vic")
    for address in (console.url, f"{console.url}/{PAY}"):
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        for act in page.locator("[data-acts] :is(a, button), [formaction], [data-dialog], #selecting").all():
            expect(act).to_be_hidden()
    forged = page.evaluate(
        """async (address) => {
          const body = new URLSearchParams(new FormData(document.getElementById("acts")));
          body.set("sure", "yes");
          return (await fetch(address, { method: "POST", body })).status;
        }""",
        f"/{PAY}/reset",
    )
    assert forged == 403
    context.close()


def test_on_a_phone_the_dialog_and_the_tray_fit(
    new_page: Callable[..., Any], console: Console, free: Upstream, pictures: Path
) -> None:
    page = breaker_page(new_page(viewport={"width": 390, "height": 844}, color_scheme="dark"), console)
    page.get_by_role("link", name="Hold…").click()
    expect(page.get_by_role("dialog")).to_contain_text("Trip shop.pay on 1 process.")
    picture(page, pictures, "hold-dialog-phone")
    assert fits(page)
    assert inaccessible(page) == []
    page.get_by_role("dialog").get_by_label("Reason").fill("drill")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Trip on")).click()
    expect(told(page)).to_contain_text("Applied on 1 of 1.")
    picture(page, pictures, "told-phone")
    assert fits(page)


def test_a_hold_ends_by_itself_while_the_console_is_down_and_the_console_learns_it(
    new_page: Callable[..., Any], console: Console, free: Upstream
) -> None:
    page = breaker_page(new_page(), console)
    trip(page, minutes="0.15")
    expect(told(page)).to_contain_text("Applied on 1 of 1.")
    expect(state(page)).to_contain_text("Forced open")
    console.stop()
    assert free.is_called(), "it probes by itself when its hold is over"
    assert free.is_called(), "and is closed: calls go through"
    console.start()
    expect(page.locator("#link-state")).to_have_attribute("data-link", "live")
    expect(state(page)).to_contain_text("Closed")
    ask = sqlite(console)
    moves = ask("select before, after from recovery_transition order by id desc limit 3")
    assert moves[::-1] == [("FORCED-OPEN", "OPEN"), ("OPEN", "HALF-OPEN"), ("HALF-OPEN", "CLOSED")]
    late = ask(
        "select count(*) from recovery_transition t, recovery_linkinterval l where t.after = 'CLOSED'"
        " and l.process_id = t.process_id and l.ended_at is null"
        " and t.at < l.began_at and t.id = (select max(id) from recovery_transition)"
    )
    assert late == [(1,)], "it closed before the console was there again"
    expect(page.locator("[id^=holds-]")).to_contain_text("No operator holds it")
    page.context.watched.errors.clear()
