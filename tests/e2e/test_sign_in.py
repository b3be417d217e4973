"""From nothing to a signed-in admin, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.browser import LISTEN, NAME, PASSWORD, csp_reports, first_admin, picture, sign_in
from tests.e2e.product import Console

pytestmark = pytest.mark.slow

LOOKS = {"light": ("light", 1280), "dark": ("dark", 1280), "phone": ("light", 360)}


@pytest.fixture(scope="module")
def admin(browser: Any, console: Console) -> str:
    """The first admin exists."""
    page = browser.new_page()
    first_admin(page, console)
    page.close()
    return NAME


def fits(page: Any) -> bool:
    """Nothing makes the page wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_the_one_time_link_makes_the_first_admin_and_works_once(page: Any, console: Console, admin: str) -> None:
    answer = page.goto(console.link())
    page.context.watched.errors.clear()  # Chromium reports the 410 as an error of the page
    assert answer.status == 410
    assert "does not work any more" in page.get_by_role("heading", level=1).inner_text()


def test_sign_in_and_out_by_keyboard_alone(page: Any, console: Console, admin: str) -> None:
    page.goto(console.url)
    page.keyboard.type(admin)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{console.url}/account/")
    page.get_by_role("button", name="Sign out").press("Enter")
    page.wait_for_url("**/account/sign-in/")
    page.goto(f"{console.url}/account/")
    assert "/account/sign-in/?next=/account/" in page.url


def test_a_wrong_password_says_so(page: Any, console: Console, admin: str) -> None:
    sign_in(page, console, admin, "wrong")
    assert page.get_by_role("alert").is_visible()
    assert "/account/sign-in/" in page.url


def test_changing_the_password_ends_other_sessions(browser: Any, page: Any, console: Console, admin: str) -> None:
    other = browser.new_page()
    sign_in(other, console)
    sign_in(page, console)
    for old, new in ((PASSWORD, "nine loud rivers 52"), ("nine loud rivers 52", PASSWORD)):
        page.goto(f"{console.url}/account/password/")
        page.get_by_label("Present password").fill(old)
        page.get_by_label("Password", exact=True).fill(new)
        page.get_by_label("The same again").fill(new)
        page.get_by_role("button", name="Change password").click()
        page.wait_for_url("**/account/")
        assert page.get_by_text("Your password is changed").is_visible()
    other.goto(f"{console.url}/account/")
    assert "/account/sign-in/" in other.url
    other.close()


@pytest.mark.parametrize("look", LOOKS)
def test_it_looks_right(browser: Any, console: Console, admin: str, pictures: Path, look: str) -> None:
    scheme, width = LOOKS[look]
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    page.add_init_script(LISTEN)
    for name, path in (("sign-in", "/account/sign-in/"), ("missing", "/nowhere/")):
        page.goto(console.url + path)
        look_at(page, pictures, f"{name}-{look}")
    sign_in(page, console)
    for name, path in (("account", "/account/"), ("password", "/account/password/")):
        page.goto(console.url + path)
        look_at(page, pictures, f"{name}-{look}")
    page.keyboard.press("Escape")
    page.goto(f"{console.url}/account/")
    page.keyboard.press("?")
    look_at(page, pictures, f"keys-{look}")
    page.close()


def look_at(page: Any, pictures: Path, name: str) -> None:
    """A picture for eyes, and what a machine can see: width, policy, accessibility."""
    picture(page, pictures, name)
    assert fits(page)
    assert csp_reports(page) == []
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []


def test_the_theme_is_pinned_and_remembered(page: Any, console: Console, admin: str) -> None:
    sign_in(page, console)
    page.goto(f"{console.url}/account/")
    page.get_by_role("button", name="Dark").click()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.get_by_role("button", name="Dark").get_attribute("aria-pressed") == "true"


def test_the_time_zone_is_chosen_and_a_wrong_one_refused(page: Any, console: Console, admin: str) -> None:
    sign_in(page, console)
    page.goto(f"{console.url}/account/")
    page.get_by_label("or in a named zone").fill("Europe/Lisbon")
    page.keyboard.press("Enter")
    assert page.locator("html").get_attribute("data-zone") == "Europe/Lisbon"
    page.get_by_role("button", name="UTC").click()
    page.get_by_label("or in a named zone").fill("Mars/Olympus")
    page.keyboard.press("Tab")
    assert page.locator("html").get_attribute("data-zone") == "UTC"
