"""Parts alone: what pages without a socket ask for, and what the hub pushes."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client

from recovery.actions.rollouts.checking import guardrail_checked
from recovery.live.hints import TOPICS
from recovery.models import AuditEntry, Breaker, Check, ErrorGroup, Hold, Operation, Rollout, Service
from recovery.views.fragments import CONCERNED, NoFragment, keys_for, render, render_rows, root_id
from recovery.views.live import _rendered
from recovery.views.parts import PARTS
from tests import factories as make
from tests import house
from tests.pages.conftest import counted

VOID = {"br", "col", "hr", "img", "input", "link", "meta"}


class Roots(HTMLParser):
    """Counts root elements and keeps their ids."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.ids: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.depth:
            self.ids.append(dict(attrs).get("id"))
        self.depth += tag not in VOID

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag not in VOID


def _roots(html: str) -> list[str | None]:
    reader = Roots()
    reader.feed(html)
    assert reader.depth == 0
    return reader.ids


def _operation() -> Operation:
    defaults = {"first_seen_at": make.ago(days=1)}
    return Operation.objects.get_or_create(service=Service.objects.first(), name="fetch", defaults=defaults)[0]


def _rollout() -> Rollout:
    stages = [{"share": "one", "seconds": 300}, {"share": 100.0, "seconds": 0}]
    told = {"kind": "breaker", "target": "metadata.get_video", "stages": stages, "stage_since": make.ago(minutes=1)}
    told |= {"guardrail": guardrail_checked(None), "fields": {}, "created_at": make.ago(minutes=1)}
    return Rollout.objects.get_or_create(service=make.service("metadata"), defaults=told)[0]


def every_key() -> list[str]:
    """One key of each part."""
    ids = {
        "check": Check.objects.first().pk,
        "breaker": Breaker.objects.get(name="metadata.get_video").pk,
        "service": Service.objects.first().pk,
        "operation": _operation().pk,
        "rollout": _rollout().pk,
    }
    breaker = Breaker.objects.get(name="metadata.get_video")
    acted = AuditEntry.objects.get_or_create(act="trip several", defaults={"at": make.ago(seconds=1)})[0]
    ids |= {
        "progress": f"{Hold.objects.first().service_id}:{Hold.objects.first().revision}",
        "holds": f"{breaker.service_id}:{breaker.pk}",
        "many": acted.pk,
    }
    special = {name: name for name in ("service", "check", "progress", "holds", "many")}
    special |= {"row": "breaker", "contact": "service", "policy-breaker": "breaker", "policy-operation": "operation"}
    special |= {name: "rollout" for name in PARTS if name.partition("-")[0] == "rollout"}
    special |= {"policy-wanted-breaker": "breaker", "policy-wanted-operation": "operation"}
    found = []
    for name in PARTS:
        kind = "breaker" if name.startswith("breaker") else special.get(name)
        if kind:
            found.append(f"{name}:{ids[kind]}")
        else:
            found.append(name)
    return found


def test_every_part_has_one_root_with_the_id_that_a_push_replaces() -> None:
    house.build()
    assert {key: _roots(render(key)) for key in every_key()} == {key: [root_id(key)] for key in every_key()}


def test_parts_know_no_viewer(browser: Callable[[str], Client]) -> None:
    house.build()
    viewer, admin = browser("viewer"), browser("admin")
    differing = [
        key for key in every_key() if viewer.get(f"/fragments/{key}").content != admin.get(f"/fragments/{key}").content
    ]
    assert differing == []


def test_a_page_shows_its_parts_by_the_same_keys(viewer: Client) -> None:
    house.build()
    for address in (
        "/",
        "/?state=open&q=meta",
        "/breakers/metadata/production/metadata.get_video",
        "/errors/",
        "/services/",
    ):
        page = viewer.get(address).content.decode()
        keys = re.findall(r'id="([^"]+)" data-fragment="([^"]+)"', page)
        assert keys
        for root, key in keys:
            plain = key.replace("&amp;", "&")
            assert root_id(plain) == root
            assert viewer.get("/fragments/" + plain.replace("&", "%26").replace("=", "%3D")).status_code == 200


def test_a_filter_in_the_key_narrows_the_part() -> None:
    house.build()
    assert "download.fetch" not in render("board:state=open")
    assert "metadata.get_video" in render("board:q=META")
    assert 'data-fragment="board:state=open"' in render("board:state=open")


def test_a_folded_board_is_pushed_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recovery.queries.board.MOST_ROWS", 3)
    house.build()
    assert 'href="/?service=download&amp;environment=production"' in render("board")
    assert 'href="/?q=s&amp;service=download&amp;environment=production"' in render("board:q=s")


def test_chips_take_one_query() -> None:
    house.build()
    with counted() as made:
        render("board-chips:q=META")
    assert made == [1]


def test_a_long_list_of_errors_is_pushed_like_any_other() -> None:
    service = make.service()
    for _ in range(120):
        make.error(service)
    assert "before=" in render("errors")


def test_rows_are_rendered_many_at_a_time() -> None:
    house.build()
    ids = list(Breaker.objects.values_list("pk", flat=True))
    held = Breaker.objects.get(state="FORCED-OPEN").pk
    with counted() as one:
        render_rows([held])
    with counted() as all_of_them:
        found = render_rows([*ids, 999_999])
    assert one == all_of_them
    assert set(found) == {f"row:{key}" for key in ids}
    assert found[f"row:{ids[0]}"] == render(f"row:{ids[0]}")


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_hint_concerns_parts_that_exist(topic: str) -> None:
    assert topic in CONCERNED
    assert {key.partition(":")[0] for key in keys_for(topic, 7)} <= set(PARTS)


def test_a_changed_breaker_concerns_its_row_its_page_and_the_head() -> None:
    assert {"row:7", "board-head", "breaker:7", "breaker-chart:7", "breaker-processes:7"} <= set(keys_for("breaker", 7))


BAD = [
    "nonsense",
    "row",
    "row:",
    "row:x",
    "row:999999",
    "row:" + "9" * 30,
    "breaker:0",
    "breaker-chart:1:9y",
    "contact:-1",
    "board:" + "x" * 2_000,
]


@pytest.mark.parametrize("key", BAD)
def test_an_unknown_part_is_not_found(viewer: Client, key: str) -> None:
    assert viewer.get(f"/fragments/{key}").status_code == 404
    with pytest.raises(NoFragment):
        render(key)


def test_who_is_not_signed_in_gets_none(browser: Callable[[str], Client]) -> None:
    assert browser("anonymous").get("/fragments/board", headers={"HX-Request": "true"}).status_code == 401
    assert browser("stranger").get("/fragments/board").status_code == 403


def test_nobody_may_post_to_them(admin: Client) -> None:
    assert admin.post("/fragments/board").status_code in {403, 405}


def test_the_count_of_errors_is_empty_where_there_are_none() -> None:
    assert re.search(r">\s*<", render("count-errors"))
    make.error(make.service())
    assert ">1<" in render("count-errors")
    ErrorGroup.objects.update(status="resolved")
    assert ">1<" not in render("count-errors")


WRONG = ["row:²", "row:9" + "9" * 30, "board:q=\ud800", "errors:q=\ud800", "policies:q=\ud800"]


@pytest.mark.parametrize("key", WRONG)
def test_a_key_that_nothing_can_be_made_of_takes_no_other_part_along(key: str) -> None:
    """One page may ask for what it likes: the others of the process still see."""
    assert [name for name, *_ in _rendered([key, "board-head"])] == ["board-head"]
