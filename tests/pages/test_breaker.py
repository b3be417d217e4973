"""A breaker's page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from recovery import moment
from recovery.models import Breaker, Check, Confirmation, Job, Policy
from tests import factories as make
from tests import house
from tests.pages.conftest import counted

ADDRESS = "/breakers/metadata/production/metadata.get_video"


def test_it_tells_state_cause_processes_and_history(viewer: Client) -> None:
    house.build()
    page = viewer.get(ADDRESS).content.decode()
    assert page.count("<h1") == 1
    assert "<title>metadata.get_video · Open · Recovery</title>" in page
    for words in (
        "next probe in",
        "5 failures in a row",
        "and 2 more processes",
        "TimeoutError",
        "evidence",
    ):
        assert words in page
    assert re.search(r"web-1 · \d+", page)


def test_the_machine_is_lit_where_it_stands_and_says_its_thresholds(viewer: Client) -> None:
    house.build()
    page = viewer.get(ADDRESS).content.decode()
    assert '<g data-state="open"><rect class="node here"' in page
    for words in (">5 failures in a row</text>", ">after 60 s</text>", ">3 probes ok</text>", ">1 failure</text>"):
        assert words in page


def test_the_policy_card_says_what_is_overridden_by_whom_and_how_far_it_got(viewer: Client) -> None:
    service = make.service()
    breaker = make.breaker(service, "download.fetch")
    make.stands(make.process(service), breaker, config={**make.CONFIG, "recovery_timeout": 30.0}, policy_revision=7)
    late = make.stands(make.process(service), breaker)
    common = {"kind": "breaker", "target": breaker.name, "actor": "ana", "created_at": make.ago(minutes=6)}
    Policy.objects.create(service=service, fields={"recovery_timeout": 30.0}, reason="comes back", revision=7, **common)
    card = part(viewer, breaker)
    assert "r7, by ana" in card
    assert "recovery_timeout as in code</del>" in card
    assert "recovery_timeout 30 s</ins>" in card
    assert '<b>30 s</b> <span class="quiet">console</span>' in card
    assert '<b>3 calls</b> <span class="quiet">code</span>' in card
    assert '<b>5 failures</b> <span class="quiet">default</span>' in card
    assert "1 of 2 as wanted" in card
    assert "1 process runs something else." in card
    refusal = {"process": late.process, "service": service, "revision": 7, "at": make.ago(minutes=1)}
    Confirmation.objects.create(applied=False, why="no such field", **refusal)
    assert "1 process refused it and kept the last good one." in part(viewer, breaker)
    Policy.objects.create(service=service, fields=None, reason="enough", revision=8, **common)
    assert "Returned to the code’s own." in part(viewer, breaker)


def test_the_policy_card_of_a_breaker_that_is_locked_or_untouched(viewer: Client) -> None:
    breaker = make.breaker(make.service(), "download.fetch")
    assert "it runs as in code" in part(viewer, breaker)
    assert 'data-least="operator" href="/policies/download/production/breaker/download.fetch/edit"' in part(
        viewer, breaker
    )
    Breaker.objects.update(locked=True)
    assert "locked in code" in part(viewer, breaker)
    assert "/edit" not in part(viewer, breaker)


def part(viewer: Client, breaker: Breaker) -> str:
    return " ".join(viewer.get(f"/fragments/breaker-policy:{breaker.pk}").content.decode().split())


@pytest.mark.parametrize("span", ["15m", "1h"])
def test_charts_have_a_table_twin(viewer: Client, span: str) -> None:
    house.build()
    page = viewer.get(f"{ADDRESS}?span={span}").content.decode()
    assert page.count("<tr><td><time") == {"15m": 90, "1h": 60}[span]
    assert f'href="?span={span}" aria-current="true"' in page
    assert 'class="ribbon"' in page


def test_no_data_is_never_zero(viewer: Client) -> None:
    service = make.service()
    process = make.process(service, silence="cut-off")
    make.breaker(service, "download.fetch", "", on=[process])
    process.links.update(began_at=make.ago(minutes=5), ended_at=make.ago(minutes=4))
    page = viewer.get("/breakers/download/production/download.fetch").content.decode()
    assert page.count("<td>no data</td>") > 80
    assert "lost its link" in page


def test_a_breaker_that_is_gone_says_so(viewer: Client) -> None:
    service = make.service()
    make.breaker(service, "download.fetch", "", on=[make.process(service, silence="gone")])
    page = viewer.get("/breakers/download/production/download.fetch").content.decode()
    assert "No process runs it now" in page


def test_there_is_no_dead_button(viewer: Client) -> None:
    house.build()
    main = viewer.get(ADDRESS).content.decode().split("<main", 1)[1].split("</main>")[0]
    buttons = re.findall("<button([^>]*)>", main)
    assert buttons
    assert [each for each in buttons if "formaction=" not in each and " data-" not in each] == []


@pytest.mark.parametrize(
    "address",
    [
        "/breakers/metadata/production/no.such",
        "/breakers/no-such/production/metadata.get_video",
        "/breakers/metadata/staging/metadata.get_video",
    ],
)
def test_unknown_names_are_not_found_and_never_made(viewer: Client, address: str) -> None:
    house.build()
    before = Breaker.objects.count()
    assert viewer.get(address).status_code == 404
    assert Breaker.objects.count() == before


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 200), ("operator", 200), ("stranger", 403), ("anonymous", 302)]
)
def test_who_may_see_it(browser: Callable[[str], Client], role: str, status: int) -> None:
    house.build()
    assert browser(role).get(ADDRESS).status_code == status


def test_nobody_may_post_to_it(admin: Client) -> None:
    assert admin.post(ADDRESS).status_code in {403, 405}


NAMES = ["a/b", "100%", "a%2Fb", "..", ".", "…", "a b?c#d", "<b>", "x" * 200, "new\nline", "ünïcode/✓"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_has_an_address(viewer: Client, name: str) -> None:
    make.breaker(make.service("se/rvice", "st%ging"), name)
    address = reverse("breaker", args=["se/rvice", "st%ging", name])
    assert viewer.get(address).status_code == 200
    assert ".." not in address.split("/")


def test_the_same_name_elsewhere_is_another_breaker(viewer: Client) -> None:
    for service in (make.service("download"), make.service("download", "staging"), make.service("upload")):
        state = "OPEN" if service.environment == "staging" else "CLOSED"
        make.breaker(service, "fetch", state, on=[make.process(service)])
    assert "· Open ·" in viewer.get("/breakers/download/staging/fetch").content.decode()
    assert "· Closed ·" in viewer.get("/breakers/upload/production/fetch").content.decode()


def test_the_number_of_queries_does_not_follow_history(viewer: Client) -> None:
    house.build()
    with counted() as few:
        viewer.get(ADDRESS)
    breaker = Breaker.objects.get(name="metadata.get_video")
    process = make.process(breaker.service)
    make.stands(process, breaker, "OPEN")
    for number in range(120):
        at = moment.now() - timedelta(minutes=30 + number)
        make.transition(process, breaker, "CLOSED", "OPEN", at=at)
        make.transition(process, breaker, "OPEN", "CLOSED", at=at + timedelta(seconds=20))
    with counted() as many:
        page = viewer.get(ADDRESS)
    assert few == many
    assert page.content.count(b"<li>") < 60
    assert few[0] <= 60


@pytest.mark.parametrize("span", ["24h", "7d", "90d"])
def test_long_spans_are_in_the_address(viewer: Client, span: str) -> None:
    house.build()
    page = viewer.get(f"{ADDRESS}?span={span}").content.decode()
    assert f'href="?span={span}" aria-current="true"' in page
    assert page.count("<tr><td><time") == {"24h": 24, "7d": 168, "90d": 90}[span]


@pytest.mark.parametrize("span", ["", "9y", "15M", "<b>", "15m&span=1h"])
def test_a_span_that_there_is_not_shows_one_that_there_is(viewer: Client, span: str) -> None:
    house.build()
    answer = viewer.get(f"{ADDRESS}?span={span}")
    assert answer.status_code == 200
    assert answer.content.count(b'aria-current="true">') == 1


def test_what_was_done_is_marked_in_the_chart_and_told_below_it(viewer: Client) -> None:
    house.build()
    breaker = Breaker.objects.get(name="metadata.get_video")
    common = {"service": breaker.service, "actor": "ana", "kind": "breaker", "target": breaker.name}
    at = make.ago(minutes=5)
    Policy.objects.create(fields={}, reason="<b>slow</b> upstream", revision=7, created_at=at, **common)
    page = viewer.get(ADDRESS).content.decode()
    assert '<line class="mark" data-kind="policy"' in page
    assert ">policy r7</text>" in page
    assert "&lt;b&gt;slow&lt;/b&gt; upstream" in page
    assert "<td>policy r7 by ana</td>" in page


def test_older_pages_of_what_happened_are_a_link_away(viewer: Client) -> None:
    house.build()
    breaker = Breaker.objects.get(name="metadata.get_video")
    process = breaker.now.first().process
    for number in range(80):
        make.transition(process, breaker, "CLOSED", "OPEN", cause=f"cause {number}.", at=make.ago(hours=2 + number))
    seen, address, pages = "", ADDRESS, 0
    while address:
        page = viewer.get(address).content.decode()
        seen, pages = seen + page, pages + 1
        found = re.search(r'href="(\?before=[^"#]+)[^"]*" rel="next"', page)
        address = f"{ADDRESS}{found[1]}" if found else ""
    assert pages == 6
    assert all(seen.count(f"cause {number}.") == 1 for number in range(80))


def test_markup_stays_text_wherever_it_comes_from(viewer: Client) -> None:
    evil = '<script>alert("x")</script>'
    service = make.service("evil")
    process = make.process(service, evil, version=evil)
    breaker = make.breaker(service, evil, "OPEN", on=[process], cause=evil, last_failure_type=evil)
    make.transition(process, breaker, "CLOSED", "OPEN", cause=evil, evidence={evil: evil}, actor=evil)
    check = Check.objects.create(
        service=service, name=evil, target=evil, last_text=evil, created_at=moment.now(), next_run_at=moment.now()
    )
    check.breakers.add(breaker)
    page = viewer.get(reverse("breaker", args=["evil", "production", evil])).content.decode()
    assert "alert(" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("length", [201, 10_000])
def test_a_name_that_no_breaker_can_have_is_not_found(viewer: Client, length: int) -> None:
    house.build()
    assert viewer.get(f"/breakers/metadata/production/{'x' * length}").status_code == 404


def test_the_silences_of_a_breaker_look_different(viewer: Client) -> None:
    service = make.service()
    idle = make.breaker(service, "idle", on=[make.process(service)])
    make.breaker(service, "cut", "", on=[make.process(service, "web-2", silence="cut-off")])
    make.breaker(service, "gone", "", on=[make.process(service, "web-3", silence="gone")])
    make.stands(make.process(service, "web-4", silence="cut-off"), idle)
    Job.objects.create(name="rollup", finished_at=moment.now(), due_at=moment.now())
    pages = {
        name: viewer.get(f"/breakers/{service.name}/production/{name}").content.decode()
        for name in ("idle", "cut", "gone")
    }
    words = {
        "idle": ("<small>idle</small>", "1 linked · 1 cut off", "link lost"),
        "cut": ("lost its link", "how it stands now is not known"),
        "gone": ("Gone</span>", "No process runs it now"),
    }
    assert [(name, word) for name, its in words.items() for word in its if word not in pages[name]] == []
    assert "idle</small>" not in pages["cut"] + pages["gone"]


def test_it_says_on_how_many_processes_it_is_open(viewer: Client) -> None:
    service = make.service()
    its = [make.process(service, f"web-{number}") for number in range(5)]
    breaker = make.breaker(service, "fetch", "OPEN")
    for number, process in enumerate(its):
        make.stands(process, breaker, "OPEN" if number < 2 else "CLOSED")
    assert "on 2 of 5 processes" in viewer.get(f"/breakers/{service.name}/production/fetch").content.decode()


def test_linked_checks_say_how_they_stand(viewer: Client) -> None:
    house.build()
    page = viewer.get(ADDRESS).content.decode()
    part = page.split('id="breaker-checks-', 1)[1].split("</section>", 1)[0]
    for words in ("unhealthy", "upstream API", "resets it after 3 healthy in a row"):
        assert words in part


def test_an_arrow_is_lit_only_where_it_led_to_the_present_state(viewer: Client) -> None:
    service = make.service()
    one, two = make.process(service), make.process(service, "web-2")
    breaker = make.breaker(service, "fetch", "OPEN", on=[one])
    make.stands(two, breaker, "CLOSED")
    make.transition(one, breaker, "CLOSED", "OPEN", at=make.ago(minutes=3))
    address = f"/breakers/{service.name}/production/fetch"
    assert 'class="edge hot"' in viewer.get(address).content.decode()
    make.transition(two, breaker, "HALF-OPEN", "CLOSED", at=make.ago(minutes=1))  # another process; it is open still
    assert 'class="edge hot"' not in viewer.get(address).content.decode()


def test_the_errors_behind_it_are_a_link_away(viewer: Client) -> None:
    house.build()
    make.error(Breaker.objects.get(name="metadata.get_video").service, "KeyError: of another operation")
    page = viewer.get(ADDRESS).content.decode()
    found = re.search(r'href="(/errors/\?[^"]+)">All of them', page)
    assert found is not None
    errors = viewer.get(found[1].replace("&amp;", "&")).content.decode()
    assert "ReadTimeout" in errors
    assert "KeyError" not in errors
