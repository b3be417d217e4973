"""The errors' pages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from recovery.models import ErrorGroup
from recovery.queries.errors.one import flat, frames_of
from tests import factories as make
from tests import house
from tests.pages.conftest import counted


def test_unresolved_groups_are_listed_newest_first(viewer: Client) -> None:
    service = make.service()
    make.error(service, "Old: one", last_seen_at=make.ago(hours=1))
    make.error(service, "New: one", last_seen_at=make.ago(seconds=1))
    make.error(service, "Resolved: one", status="resolved")
    page = viewer.get("/errors/").content.decode()
    assert page.index("New: one") < page.index("Old: one")
    assert "Resolved: one" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=resolved", {"c"}),
        ("status=all", {"a", "b", "c"}),
        ("service=download", {"a"}),
        ("status=all&service=students", {"b", "c"}),
        ("category=system", {"b"}),
        ("q=FIRST", {"a"}),
        ("q=storage.put", {"b"}),
        ("status=nonsense&category=nonsense", {"a", "b"}),
    ],
)
def test_filters(viewer: Client, query: str, found: set[str]) -> None:
    make.error(make.service("download"), "title-a: first")
    make.error(make.service("students"), "title-b: second", category="system", operation="storage.put")
    make.error(make.service("students"), "title-c: third", status="resolved")
    page = viewer.get(f"/errors/?{query}").content.decode()
    assert set(re.findall(r">title-(\w): ", page)) == found


def test_the_service_s_filter_keeps_environments_apart(viewer: Client) -> None:
    make.error(make.service("shop"), "title-a: in production")
    make.error(make.service("shop", "staging"), "title-b: in staging")
    page = viewer.get("/errors/").content.decode()
    assert '<option value="shop/production">shop</option>' in page
    assert '<option value="shop/staging">shop · staging</option>' in page
    for query, found in (("shop/production", {"a"}), ("shop/staging", {"b"}), ("shop", {"a", "b"})):
        page = viewer.get("/errors/", {"service": query}).content.decode()
        assert set(re.findall(r">title-(\w): ", page)) == found
        assert len(re.findall(r"<option value=\"shop[^\"]*\" selected>", page)) == 1
    page = viewer.get("/errors/?service=shop&environment=staging").content.decode()  # as links say it
    assert set(re.findall(r">title-(\w): ", page)) == {"b"}
    assert '<option value="shop/staging" selected>' in page


def _titles(page: str) -> list[str]:
    return re.findall(r">number (\d+)</a>", page)


def test_pages_follow_each_other_without_gap_or_double(viewer: Client) -> None:
    service = make.service()
    moment = make.ago(hours=1)
    for number in range(120):
        make.error(service, f"number {number}", last_seen_at=moment)  # all at the same moment: the key decides
    seen, address = [], "/errors/"
    for _ in range(3):
        page = viewer.get(address).content.decode()
        seen += _titles(page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/errors/" + (link[1].replace("&amp;", "&") if link else "")
    assert seen == [str(number) for number in reversed(range(120))]
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back is not None
    assert _titles(viewer.get("/errors/" + back[1]).content.decode()) == seen[50:100]


@pytest.mark.parametrize("cursor", ["x", "1-", "-1", "9" * 40 + "-1", "1-" + "9" * 40, "٣-٣"])
def test_a_broken_cursor_is_the_first_page(viewer: Client, cursor: str) -> None:
    make.error(make.service())
    assert "TimeoutError" in viewer.get("/errors/", {"before": cursor}).content.decode()


def test_empty_tells_nothing_there_from_nothing_found(viewer: Client) -> None:
    assert "No unresolved errors" in viewer.get("/errors/").content.decode()
    assert "Nothing matches" in viewer.get("/errors/?q=zzz").content.decode()


def test_one_group_shows_its_last_occurrence_own_steps_first(viewer: Client) -> None:
    house.build()
    group = ErrorGroup.objects.get(title__startswith="ReadTimeout")
    page = viewer.get(f"/errors/{group.pk}/").content.decode()
    assert page.count("<h1") == 1
    own = page.split('aria-label="Traceback">')[1].split("</pre>")[0]
    assert "metadata/client.py:88  get_video" in own
    assert "site-packages" not in own
    assert "All 2 steps in the order of the calls, 1 of them in libraries" in page
    assert "[removed]" in page
    assert page.count("<b>Attempt ") == 3


def test_any_kept_occurrence_can_be_opened(viewer: Client) -> None:
    house.build()
    group = ErrorGroup.objects.get(title__startswith="ReadTimeout")
    oldest = group.occurrences.last()
    assert "this one" in viewer.get(f"/errors/{group.pk}/?occurrence={oldest.pk}").content.decode()
    assert viewer.get(f"/errors/{group.pk}/?occurrence=999999").status_code == 404


def test_a_group_that_was_only_counted_says_so(viewer: Client) -> None:
    group = make.error(make.service())
    assert "None is kept" in viewer.get(f"/errors/{group.pk}/").content.decode()


@pytest.mark.parametrize("key", ["999999", "9" * 30])
def test_an_unknown_group_is_not_found(viewer: Client, key: str) -> None:
    assert viewer.get(f"/errors/{key}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 200), ("operator", 200), ("stranger", 403), ("anonymous", 302)]
)
def test_who_may_see_them(browser: Callable[[str], Client], role: str, status: int) -> None:
    group = make.error(make.service())
    client = browser(role)
    assert {client.get("/errors/").status_code, client.get(f"/errors/{group.pk}/").status_code} == {status}


def test_nobody_may_post_to_them(admin: Client) -> None:
    group = make.error(make.service())
    assert admin.post("/errors/").status_code in {403, 405}
    assert admin.post(f"/errors/{group.pk}/").status_code in {403, 405}


def test_markup_in_errors_is_text(viewer: Client) -> None:
    service = make.service()
    group = make.error(service, "<script>alert(1)</script>")
    make.occurrence(group, make.process(service), context={"<b>x</b>": {"y": "<i>"}}, traceback="<u>trace</u>")
    page = viewer.get(f"/errors/{group.pk}/").content.decode()
    assert not re.search(r"<(script>alert|b>x|u>trace)", page)


def test_the_number_of_queries_is_fixed(viewer: Client) -> None:
    service = make.service()
    process = make.process(service)
    group = make.error(service)
    make.occurrence(group, process)
    with counted() as few:
        viewer.get("/errors/"), viewer.get(f"/errors/{group.pk}/")
    for number in range(30):
        make.occurrence(make.error(make.service(f"s-{number}")), process)
        make.occurrence(group, process)
    with counted() as many:
        viewer.get("/errors/"), viewer.get(f"/errors/{group.pk}/")
    assert few == many
    assert few[0] <= 16


CHAINED = """Traceback (most recent call last):
  File "/app/a.py", line 1, in inner
    1 / 0
    ~~^~~
ZeroDivisionError: division by zero

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/b.py", line 2, in outer
    raise ValueError("x")
ValueError: x
second line"""


def test_of_a_chain_the_last_counts() -> None:
    frames, ending = frames_of(CHAINED)
    assert [(frame.file, frame.name, frame.code) for frame in frames] == [
        ("/app/b.py", "outer", 'raise ValueError("x")')
    ]
    assert ending == "ValueError: x\nsecond line"


@pytest.mark.parametrize("text", ["", "no traceback at all", "Traceback (most recent call last):", "x\n" * 1000])
def test_whatever_was_sent_as_a_traceback_is_shown(text: str) -> None:
    frames, _ = frames_of(text)
    assert frames == ()


def test_nested_context_becomes_lines() -> None:
    assert flat({"user": {"id": 7, "tags": ["a"]}, "empty": {}}) == [
        ("user.id", 7),
        ("user.tags[0]", "a"),
        ("empty", {}),
    ]
