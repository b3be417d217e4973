"""A browser page that remembers what went wrong in it, and steps that many tests take."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.product import Console

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

LONG = 120_000  # ms that a page may take on a busy machine
NAME, PASSWORD = "ana", "seven quiet bridges 41"

# Reports of the Content-Security-Policy, before any script of the page runs.
LISTEN = """
window.cspReports = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.cspReports.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile || ""}`));
"""


@dataclass
class Watched:
    """What a page complained of."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def watch(context: BrowserContext, console: Console) -> Watched:
    """Note script errors, console errors and requests to elsewhere."""
    seen = Watched()
    context.add_init_script(LISTEN)
    context.on("page", lambda page: _watch(page, console, seen))
    return seen


def _watch(page: Page, console: Console, seen: Watched) -> None:
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
    here = (console.url, console.url.replace("http", "ws", 1), "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(here) else seen.foreign.append(request.url))


def fits(page: Page) -> bool:
    """Nothing makes the page wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def inaccessible(page: Page) -> list[tuple[str, list[str]]]:
    """What axe objects to: its rule, and where."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(rule["id"], [str(node["target"]) for node in rule["nodes"]]) for rule in found]


def csp_reports(page: Page) -> list[str]:
    """What the page's policy refused."""
    return list(page.evaluate("window.cspReports"))


def first_admin(page: Page, console: Console) -> None:
    """Make the first admin by the one-time link; the page is signed in afterwards."""
    page.set_default_timeout(LONG)
    page.goto(console.link())
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Make admin and sign in").click()
    page.wait_for_url(f"{console.url}/**")


def sign_in(page: Page, console: Console, name: str = NAME, password: str = PASSWORD) -> None:
    """By name and password."""
    page.set_default_timeout(LONG)
    page.goto(f"{console.url}/account/sign-in/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()


def picture(page: Page, folder: Path, name: str) -> Path:
    """A screenshot of the whole page, for eyes."""
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
