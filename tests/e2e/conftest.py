"""The product in a process of its own, and the system's Chromium in front of it.

Playwright's loop runs in the test's thread for as long as a browser is open, so browsers live as long as a module and
async tests stand in other modules.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browser import LONG, csp_reports, first_admin, watch
from tests.e2e.product import Console
from tests.e2e.shop import Shop

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # tests that look into a database beside an open browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is marked, so that `-m 'not e2e'` leaves it out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


def _missing(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}: CI must have it (.ci/run installs it)")
    pytest.skip(f"{what}: browser tests are skipped")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the system's Chromium is."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        _missing("no Chromium on the PATH (Debian: apt install chromium)")
    return str(found)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """One browser for a module."""
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        _missing("playwright is not installed")
    expect.set_options(timeout=LONG)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def new_console(tmp_path: Path) -> Iterator[Callable[..., Console]]:
    """Make consoles with arguments of `up` and environment; all are ended."""
    made: list[Console] = []

    def make(*arguments: str, **environment: str) -> Console:
        folder = tmp_path / f"console-{len(made)}"
        folder.mkdir()
        made.append(Console(folder, *arguments, **environment))
        return made[-1]

    yield make
    for console in made:
        console.stop()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A running console that the tests of a module share."""
    console = Console(tmp_path_factory.mktemp("console"))
    console.start()
    yield console
    console.stop()


@pytest.fixture
def context(browser: Any, console: Console) -> Iterator[Any]:
    """A fresh browser profile; `context.watched` holds errors and foreign requests, which must stay empty."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(LONG)
    context.watched = watch(context, console)
    yield context
    context.close()
    assert context.watched.errors == []
    assert context.watched.foreign == []


@pytest.fixture
def page(context: Any) -> Any:
    """A page in it."""
    return context.new_page()


@pytest.fixture(scope="module")
def shop(console: Console) -> Iterator[Shop]:
    """Service processes in front of the module's console; all are ended."""
    shop = Shop(console)
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def signed_in(browser: Any, console: Console) -> Any:
    """The cookies of the console's first admin."""
    context = browser.new_context()
    first_admin(context.new_page(), console)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def new_page(browser: Any, console: Console, signed_in: Any) -> Iterator[Callable[..., Any]]:
    """Open pages of the signed-in admin, each in a profile of its own, with options such as ``color_scheme``.

    At the end no page has complained: no script error, no report of the policy, no request to elsewhere. A test that
    takes the console away clears ``page.context.watched.errors`` afterwards.
    """
    made: list[Any] = []

    def new(**options: Any) -> Any:
        options = {"viewport": {"width": 1280, "height": 900}, "storage_state": signed_in} | options
        made.append(browser.new_context(**options))
        made[-1].set_default_timeout(LONG)
        made[-1].watched = watch(made[-1], console)
        return made[-1].new_page()

    yield new
    for context in made:
        reports = [report for page in context.pages for report in csp_reports(page)]
        context.close()
        assert (context.watched.errors, context.watched.foreign, reports) == ([], [], [])


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go; PICTURES=folder keeps them."""
    kept = os.environ.get("PICTURES")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
