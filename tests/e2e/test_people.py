"""Two people, two browsers: an invitation is sent and used, a grant limits acts, who is deactivated is out, live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.browser import LONG, NAME, csp_reports, inaccessible, picture, watch
from tests.e2e.product import Console

pytestmark = pytest.mark.slow

PUSHED = 1_500  # ms
OLGA, PASSWORD = "olga", "nine loud rivers 52"
BREAKERS = """
from recovery.models import Breaker, Service
from recovery.moment import now
for service in Service.objects.all():
    Breaker.objects.create(service=service, name="bank", state="CLOSED", since=now(), first_seen_at=now())
"""


@pytest.fixture(scope="module")
def two_services(console: Console) -> None:
    """Ours and theirs, each with a breaker that closed calls go through."""
    for name in ("ours", "theirs"):
        assert console.command("token", "create", name).returncode == 0
    assert console.command("shell", "-c", BREAKERS).returncode == 0


@pytest.fixture
def other(browser: Any, console: Console) -> Iterator[Any]:
    """Another browser, in which nobody is signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(LONG)
    context.watched = watch(context, console)
    yield context.new_page()
    context.close()


def invited(page: Any, console: Console, note: str, service: str) -> str:
    """The link that the admin is told, by which an operator of one service comes in."""
    page.goto(f"{console.url}/settings/")
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Whom it is for").fill(note)
    page.get_by_label("Operator").check()
    page.get_by_label("Only the services chosen here").check()
    page.get_by_label(f"{service} · production").check()
    page.get_by_role("button", name="Make the link").click()
    return str(page.locator("#link").inner_text())


def come_in(page: Any, link: str, name: str) -> None:
    """Use the link."""
    page.goto(link)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Make operator and sign in").click()
    page.wait_for_url(lambda url: "/account/link/" not in url)


def trip(page: Any, console: Console, service: str) -> int:
    """Send the form of a hold; what the console answers."""
    page.goto(f"{console.url}/settings/")
    token = page.locator("body").get_attribute("hx-headers:inherited").split('"')[3]
    answer = page.request.post(
        f"{console.url}/breakers/{service}/production/bank/hold",
        form={"kind": "trip", "scope": "all", "end": "15", "reason": "the bank is down"},
        headers={"X-CSRFToken": token, "Referer": console.url},
        max_redirects=0,
    )
    return int(answer.status)


def test_invite_act_within_the_grant_and_be_out(
    console: Console, two_services: None, new_page: Callable[..., Any], other: Any, pictures: Any
) -> None:
    from playwright.sync_api import expect

    admin = new_page()
    link = invited(admin, console, "Olga of the night shift", "ours")
    picture(admin, pictures, "people-link")
    assert inaccessible(admin) == []
    come_in(other, link, OLGA)

    assert trip(other, console, "ours") == 302
    assert trip(other, console, "theirs") == 403
    admin.goto(f"{console.url}/audit/?who={OLGA}&refused=yes")
    expect(admin.locator("#audit")).to_contain_text("of theirs")

    for service, there in (("ours", True), ("theirs", False)):
        other.goto(f"{console.url}/breakers/{service}/production/bank")
        acts = other.locator("[data-acts]").first
        expect(acts).to_be_visible() if there else expect(acts).to_be_hidden()
        other.wait_for_timeout(PUSHED)  # parts that are pushed are drawn for everybody
        expect(acts).to_be_visible() if there else expect(acts).to_be_hidden()
    expect(other.locator("#link-state")).to_contain_text("Live")
    admin.goto(f"{console.url}/people/?q={OLGA}")
    admin.get_by_role("link", name=OLGA, exact=True).click()
    admin.get_by_text("Deactivate…").click()
    admin.get_by_role("button", name=f"Deactivate {OLGA}").click()
    expect(admin.get_by_text(f"{OLGA} is out")).to_be_visible()
    other.wait_for_url("**/account/sign-in/**", timeout=5_000)  # nobody touched that browser
    other.goto(link)
    expect(other.get_by_role("heading", level=1)).to_contain_text("does not work any more")
    assert csp_reports(other) == []


def test_the_audit_by_keys_filter_and_file(console: Console, new_page: Callable[..., Any]) -> None:
    page = new_page()
    page.goto(f"{console.url}/settings/")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/audit/")
    page.get_by_label("Who", exact=True).select_option(NAME)
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**who=ana**")
    with page.expect_download() as download:
        page.get_by_text("Export…").click()
        page.get_by_role("link", name="CSV").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.startswith("id,at,who,act,")
    assert f",{NAME},use one-time link," in text


def test_who_guesses_is_told_when_to_come_back(console: Console, other: Any, pictures: Any) -> None:
    for _ in range(6):
        other.goto(f"{console.url}/account/sign-in/")
        other.get_by_label("Username").fill("eve")
        other.get_by_label("Password").fill("wrong")
        with other.expect_navigation():
            other.get_by_role("button", name="Sign in").click()
    assert other.get_by_role("heading", level=1).inner_text() == "Too many tries"
    assert "Try again in 0:" in other.locator("main").inner_text()
    picture(other, pictures, "too-often")
    assert inaccessible(other) == []
    assert csp_reports(other) == []


LOOKS = {"light": ("light", 1280), "dark": ("dark", 1280), "phone": ("light", 390)}


@pytest.mark.parametrize("look", LOOKS)
def test_they_look_right(
    console: Console, two_services: None, new_page: Callable[..., Any], pictures: Any, look: str
) -> None:
    scheme, width = LOOKS[look]
    page = new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    for name in ("people", "people/invite", "audit", "settings"):
        page.goto(f"{console.url}/{name}/")
        picture(page, pictures, f"{name.replace('/', '-')}-{look}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert inaccessible(page) == []
