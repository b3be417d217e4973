"""The board as a reader finds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.product import Console

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

# What the page's socket went through, before any script of the page runs.
LINKS = """
document.addEventListener("recovery:link", ({ detail }) => {
  const went = document.documentElement.dataset;
  went.links = `${went.links ?? ""} ${detail.link}`;
});
"""


class Board:
    """A page that shows it."""

    def __init__(self, page: Page, console: Console, query: str = "") -> None:
        self.page = page
        self.address = f"{console.url}/{query}"
        page.add_init_script(LINKS)
        page.goto(self.address)
        page.evaluate("window.never_reloaded = true")

    @property
    def sentence(self) -> Locator:
        """Is anything wrong?"""
        return self.page.get_by_role("heading", level=1)

    @property
    def link(self) -> Locator:
        """How the page itself is linked."""
        return self.page.locator("#link-state")

    @property
    def went(self) -> Locator:
        """What its link went through, in its `data-links`."""
        return self.page.locator("html")

    @property
    def same_page(self) -> bool:
        """Whether it was never loaded anew."""
        return bool(self.page.evaluate("window.never_reloaded === true"))

    def chip(self, word: str) -> Locator:
        """A filter by state."""
        return self.page.locator("#board-chips a", has_text=re.compile(rf"^\s*{word}\s"))

    def row(self, name: str) -> Locator:
        """A breaker's row."""
        return self.page.locator("tr[data-row]", has=self.page.locator("a.name", has_text=name))

    def wait_live(self) -> None:
        """Until its socket is open."""
        expect(self.link).to_have_attribute("data-link", "live")

    def expect_icon(self, look: str) -> None:
        """The tab has this icon: calm, alarm or lost."""
        icon = self.page.locator("#tab-icon")
        expect(icon).to_have_attribute("href", icon.get_attribute(f"data-{look}") or "")
