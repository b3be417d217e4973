"""The look in one file: everything in its place, kept for good under an address of its content."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, override_settings

from recovery.views import bundles


def test_every_import_is_in_its_place() -> None:
    text = bundles.styles()
    assert text.startswith("@layer reset, tokens, base, layout, components, utilities;")
    assert "@import" not in text
    assert text.index(".btn {") < text.index(".visually-hidden")


def test_every_address_leads_to_a_file() -> None:
    names = re.findall(r'url\("/static/([^"]+)"\)', bundles.styles())
    assert names
    assert [name for name in names if finders.find(name) is None] == []


def test_an_address_of_its_content_is_kept_for_good(client: Client) -> None:
    answer = client.get(bundles.address("css"))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == bundles.FOR_GOOD
    assert answer["Content-Type"].startswith("text/css")
    assert client.get(bundles.address("js"))["Content-Type"].startswith("text/javascript")


def test_an_old_address_gets_the_present_content(client: Client) -> None:
    answer = client.get("/look/0123456789abcdef.css")
    assert answer["Cache-Control"] == "no-cache"
    assert answer.content.decode() == bundles.styles()


@override_settings(DEBUG=True)
def test_in_development_a_change_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = bundles.address("js")
    monkeypatch.setattr(bundles, "MAKERS", {"js": lambda: "changed()"})
    assert bundles.address("js") != before
