"""The board as a page."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client

from tests import factories as make
from tests import house
from tests.pages.conftest import counted

WEIGHT = 60 * 1024


def test_it_says_in_one_sentence_what_is_wrong(viewer: Client) -> None:
    house.build()
    page = viewer.get("/").content.decode()
    assert page.count("<h1") == 1
    assert "<h1>1 breaker is open, 1 is probing, 1 is held open, 1 was cut off.</h1>" in page
    assert "<title>1 open, 1 probing, 1 held open · Board · Recovery</title>" in page
    assert 'data-tab="alarm"' in page


def test_every_breaker_is_a_row_with_glyph_word_and_reason(viewer: Client) -> None:
    house.build()
    page = viewer.get("/").content.decode()
    for words in (
        "Open</span>",
        "5 failures in a row",
        "refused</td>",
        "“provider maintenance”",
        "lost its link",
        "idle",
    ):
        assert words in page
    assert "by ana · ends <time" in page


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
def test_everybody_with_a_role_sees_the_same(browser: Callable[[str], Client], role: str) -> None:
    house.build()
    assert browser(role).get("/").status_code == 200


def test_a_stranger_and_nobody_see_nothing(browser: Callable[[str], Client]) -> None:
    assert browser("stranger").get("/").status_code == 403
    assert browser("anonymous").get("/").status_code == 302


def test_nobody_may_post_to_it(admin: Client) -> None:
    assert admin.post("/").status_code in {403, 405}


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("state=open", "metadata.get_video", "download.fetch"),
        ("state=closed", "download.fetch", "metadata.get_video"),
        ("q=students", "students.get", "download.fetch"),
        ("q=web-3", "students.report", "download.fetch"),
        ("service=download&environment=production", "download.resume", "students.get"),
    ],
)
def test_the_url_is_the_filter(viewer: Client, query: str, there: str, not_there: str) -> None:
    house.build()
    page = viewer.get(f"/?{query}").content.decode()
    assert f">{there}</a>" in page
    assert f">{not_there}</a>" not in page


@pytest.mark.parametrize("query", ["state=nonsense", "q=%00", "q=" + "x" * 5_000, "service=" + quote("<script>")])
def test_nonsense_in_the_url_fails_no_page(viewer: Client, query: str) -> None:
    house.build()
    answer = viewer.get(f"/?{query}")
    assert answer.status_code == 200
    assert b"<script>" not in answer.content.split(b"<main", 1)[1]


def test_the_chip_of_the_present_filter_is_marked(viewer: Client) -> None:
    house.build()
    page = viewer.get("/?state=half-open").content.decode()
    assert re.search(r'href="/\?state=half-open" aria-current="true"', page)


def test_nothing_found_differs_from_nothing_there(viewer: Client) -> None:
    assert "Connect a first service" in viewer.get("/").content.decode()
    assert "Nothing matches" in viewer.get("/?q=zzz").content.decode()


def test_a_service_that_has_not_called_in_is_waited_for(viewer: Client) -> None:
    made = make.service("download")
    page = viewer.get("/").content.decode()
    assert "Waiting for download to call in" in page
    assert f'data-fragment="contact:{made.pk}"' in page


def test_names_with_markup_are_text(viewer: Client) -> None:
    service = make.service("<b>bold</b>")
    make.breaker(service, "<script>alert(1)</script>", "OPEN", on=[make.process(service, "<i>host</i>")])
    page = viewer.get("/").content.decode()
    assert "<script>alert" not in page
    assert "<b>bold" not in page


def test_the_wallboard_is_the_same_page_in_large(viewer: Client) -> None:
    house.build()
    assert " data-wall" in viewer.get("/?wall=1").content.decode()


def test_the_number_of_queries_is_fixed(viewer: Client) -> None:
    house.build()
    with counted() as few:
        viewer.get("/")
    for number in range(12):
        service = make.service(f"more-{number}")
        process = make.process(service)
        for state in ("OPEN", "CLOSED", "FORCED-OPEN", ""):
            make.tens(make.breaker(service, state=state, on=[process]), 5)
    with counted() as many:
        viewer.get("/")
    assert few == many
    assert few[0] <= 25


def test_two_hundred_rows_weigh_little(viewer: Client) -> None:
    service = make.service()
    processes = [make.process(service, f"web-{number}") for number in range(4)]
    for number in range(200):
        state = ("OPEN", "HALF-OPEN", "CLOSED", "CLOSED")[number % 4]
        row = make.breaker(service, f"download.call_{number}", state, on=processes)
        make.tens(row, 5 + number, failed=0.02, refused=lambda back, s=state: float(s == "OPEN" and back < 200))
    page = viewer.get("/").content
    assert page.count(b"<tr id=") == 200
    assert len(gzip.compress(page, 6)) <= WEIGHT
