"""A real browser: when does a row of the board show what a process reported? Nothing where there is no Chromium."""

from __future__ import annotations

import shutil
import time

from tests.bench.console.helpers import fleet
from tests.bench.console.product import Product

# Notes when a row shows a state, by the machine's own clock.
WATCH = """
window.seenRows = [];
new MutationObserver(() => {
  for (const row of document.querySelectorAll("tr[data-row][data-state]")) {
    if (row.dataset.seen !== row.dataset.state) {
      row.dataset.seen = row.dataset.state;
      window.seenRows.push([row.id, row.dataset.state, performance.timeOrigin + performance.now()]);
    }
  }
}).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"] });
"""


def delays(console: Product, tokens: dict[str, str], changes: int) -> list[float]:
    """ms from a transition in a process to the row in the page, for about so many of them."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        return []
    from playwright.sync_api import sync_playwright

    name, _, value = console.inside("session")["cookie"].partition("; ")[0].partition("=")
    some = dict(list(tokens.items())[:5])
    with sync_playwright() as playwright, fleet(console.url, some, 5, prefix="real-", transitions=1) as processes:
        time.sleep(1)
        rows = console.inside("rows")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies([{"name": name, "value": value, "url": console.url}])
        page = context.new_page()
        page.goto(f"{console.url}/")
        page.locator('#link-state[data-link="live"]').wait_for(timeout=30_000)
        page.evaluate(WATCH)
        processes.say("load")
        page.wait_for_timeout(1000 * changes / 5)
        processes.say("calm")
        page.wait_for_timeout(2000)
        seen = page.evaluate("window.seenRows")
        told = processes.ended()
        browser.close()
    shift = time.time() - time.monotonic()
    return _matched(told["changed"], seen, rows, shift)


def _matched(changed: list[list[object]], seen: list[list[object]], rows: dict[str, str], shift: float) -> list[float]:
    found: list[float] = []
    for name, state, at in changed:
        row, word, began = rows[str(name)].replace(":", "-"), str(state).lower(), (float(str(at)) + shift) * 1000
        later = [float(str(when)) - began for key, shown, when in seen if key == row and shown == word]
        found += sorted(each for each in later if 0 <= each < 5000)[:1]
    return found
