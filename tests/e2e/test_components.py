"""Every component of the look, in both themes and on a phone: a gallery for eyes, and what a machine can see of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template import engines
from django.test import RequestFactory

from recovery.permissions import Role
from recovery.templatetags.console import WORDS
from tests.e2e.browser import picture
from tests.e2e.product import Console

LOOKS = {"light": ("light", 1440), "dark": ("dark", 1024), "phone": ("light", 360), "phone-dark": ("dark", 360)}
FACTS = [
    {"label": "Calls/s", "value": "41.2"},
    {"label": "Refused/s", "value": "41.2", "bad": True},
    {"label": "p95 before it opened", "value": "2.00", "unit": "s"},
    {"label": "Retry success", "value": "71", "unit": "%"},
]


def gallery() -> str:
    """All components on one page, by the product's own templates."""
    source = Path(__file__).with_name("gallery.html").read_text(encoding="utf-8")
    moment = datetime.now(UTC) - timedelta(minutes=2, seconds=14)
    request = RequestFactory().get("/gallery")
    membership = SimpleNamespace(role=Role.OPERATOR)
    request.user = SimpleNamespace(is_authenticated=True, is_active=True, membership=membership, get_username="ana")
    context = {"states": list(WORDS), "facts": FACTS, "moment": moment}
    return str(engines["django"].from_string(source).render(context, request))


@pytest.mark.parametrize("look", LOOKS)
def test_the_gallery_is_accessible_and_fits(browser: Any, console: Console, pictures: Path, look: str) -> None:
    scheme, width = LOOKS[look]
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 1000})
    html = gallery()
    page.route("**/gallery", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{console.url}/gallery")
    page.wait_for_function("document.querySelector('time').textContent.includes('ago')")
    picture(page, pictures, f"gallery-{look}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []
    page.close()
