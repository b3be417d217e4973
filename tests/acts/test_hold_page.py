"""The form of a hold: it says whom it hits, keeps what was typed, and changes nothing while something is wrong."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from recovery import moment
from recovery.models import AuditEntry, Hold, LinkInterval
from tests.acts.conftest import ADDRESS, HX, Shop

FORM = {"kind": "trip", "scope": "all", "end": "15", "reason": "provider maintenance", "zone": "UTC"}


def text(content: bytes) -> str:
    """As people read it."""
    return " ".join(html.unescape(content.decode()).replace("<b>", "").replace("</b>", "").split())


@pytest.mark.parametrize("kind", ["trip", "disable", "observe"])
def test_it_holds_and_tells_how_far_it_is(kind: str, operator: Client, shop: Shop) -> None:
    answer = operator.post(f"{ADDRESS}/hold", FORM | {"kind": kind})
    assert answer["Location"] == f"{ADDRESS}/did/1"
    made = Hold.objects.get()
    assert (made.kind, made.scope, made.reason, made.actor) == (kind, {}, "provider maintenance", "operator-ana")
    assert made.ends_at == moment.now() + timedelta(minutes=15)
    assert "applied 0 of 3" in operator.get(answer["Location"]).content.decode()


def test_in_the_dialog_it_answers_with_the_part(operator: Client, shop: Shop) -> None:
    answer = operator.post(f"{ADDRESS}/hold", FORM, headers=HX)
    assert answer.status_code == 200
    assert f'data-fragment="progress:{shop.service.pk}:1"' in answer.content.decode()


ENDS = [
    ({"end": "60"}, timedelta(hours=1)),
    ({"end": "released"}, None),
    ({"end": "for", "minutes": "0.5"}, timedelta(seconds=30)),
    ({"end": "released", "minutes": "7", "until": "nonsense"}, None),
]


@pytest.mark.parametrize(("end", "after"), ENDS)
def test_the_end_is_a_preset_or_a_length(
    end: dict[str, str], after: timedelta | None, operator: Client, shop: Shop
) -> None:
    operator.post(f"{ADDRESS}/hold", FORM | end)
    assert Hold.objects.get().ends_at == (None if after is None else moment.now() + after)


@pytest.mark.parametrize("until", ["2000-01-20T09:30Z", "2000-01-20T11:30+02:00"])
def test_a_moment_that_says_its_zone_is_not_read_in_another(until: str, operator: Client, shop: Shop) -> None:
    operator.post(f"{ADDRESS}/hold", FORM | {"end": "until", "until": until, "zone": "Europe/Berlin"})
    assert Hold.objects.get().ends_at == datetime(2000, 1, 20, 9, 30, tzinfo=UTC)


def test_a_moment_is_read_in_the_zone_of_the_page(operator: Client, shop: Shop) -> None:
    wanted = datetime(2000, 1, 20, 9, 30, tzinfo=UTC)
    typed = {"end": "until", "until": "2000-01-20T10:30", "zone": "Europe/Berlin"}
    assert "2000-01-20 09:30:00 UTC" in operator.get(f"{ADDRESS}/hold/reach", FORM | typed).content.decode()
    operator.post(f"{ADDRESS}/hold", FORM | typed)
    assert Hold.objects.get().ends_at == wanted
    assert AuditEntry.objects.get().after["until"] == "2000-01-20T09:30:00+00:00"


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        ("version:2", {"kind": "version", "values": ["2"]}),
        ("host:web-1", {"kind": "host", "values": ["web-1"]}),
        ("process:web:1-2", {"kind": "process", "values": ["web:1-2"]}),
        ("host:web-9", {"kind": "host", "values": ["web-9"]}),
    ],
)
def test_the_scope_is_a_rule_also_for_whoever_is_not_there(
    scope: str, kept: dict[str, object], operator: Client, shop: Shop
) -> None:
    operator.post(f"{ADDRESS}/hold", FORM | {"scope": scope})
    assert Hold.objects.get().scope == kept


WRONG: list[tuple[dict[str, str], str]] = [
    ({"reason": "  "}, "a reason is needed"),
    ({"reason": "x" * 501}, "at most 500 characters"),
    ({"end": "for", "minutes": ""}, "for how many minutes?"),
    ({"end": "for", "minutes": "0"}, "above 0"),
    ({"end": "for", "minutes": "-3"}, "above 0"),
    ({"end": "for", "minutes": "nan"}, "Enter a number"),
    ({"end": "for", "minutes": "9e9"}, "at most a year"),
    ({"end": "until", "until": ""}, "until when?"),
    ({"end": "until", "until": "soon"}, "until when?"),
    ({"end": "until", "until": "1999-01-01T00:00"}, "in the future"),
    ({"end": "until", "until": "2002-01-01T00:00"}, "at most a year away"),
    ({"end": "until", "until": "2000-01-20T10:30", "zone": "Mars/Olympus"}, "no time zone"),
    ({"end": "until", "until": "2000-01-20T10:30", "zone": "../../etc/passwd"}, "no time zone"),
    ({"end": "sometimes"}, "not one of the available choices"),
    ({"kind": "explode"}, "not one of the available choices"),
    ({"scope": "galaxy:x"}, "choose all processes"),
    ({"scope": "host:" + "x" * 250}, "1 to 200 characters"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    wrong: dict[str, str], words: str, operator: Client, shop: Shop
) -> None:
    typed = FORM | {"reason": "why I do it", "minutes": "12"} | wrong
    answer = operator.post(f"{ADDRESS}/hold", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in html.unescape(page)
    assert 'class="problem"' in page
    assert (
        f'name="reason" maxlength="500" autocomplete="off" value="{typed["reason"].strip() or typed["reason"]}"' in page
    )
    assert f'name="minutes" min="0" step="any" inputmode="decimal" value="{typed["minutes"]}"' in page
    assert not Hold.objects.exists()
    assert not AuditEntry.objects.exists()


def test_all_that_is_wrong_is_said_at_once(operator: Client, shop: Shop) -> None:
    page = operator.post(f"{ADDRESS}/hold", {"kind": "trip", "scope": "x", "end": "for", "reason": ""}).content.decode()
    assert page.count('class="problem"') == 3


REACH: list[tuple[dict[str, str], str]] = [
    ({}, "Trip shop.pay on 3 processes. About 42 calls/s will be refused. Ends in 15 m, at"),
    ({"scope": "version:2"}, "Trip shop.pay on 2 processes (version 2). About 28"),
    ({"scope": "host:web-2", "end": "released"}, "on 1 process (host web-2). About 14"),
    ({"end": "released"}, "will be refused. Lasts until somebody releases it."),
    ({"kind": "disable"}, "calls/s will pass unprotected, and nothing is recorded."),
    ({"kind": "observe"}, "calls/s will pass unprotected; what would have opened it is recorded."),
    ({"scope": "host:web-9"}, "No linked process runs shop.pay on host web-9 now. It is kept"),
    ({"end": "until", "until": "1999-01-01T00:00"}, "will be refused.</span>"),
    ({"kind": "explode", "scope": "?", "end": "", "minutes": "x"}, "Trip shop.pay on 3 processes."),
]


@pytest.mark.parametrize(("asked", "words"), REACH)
def test_whom_it_hits_is_read_on_the_server_for_what_is_chosen(
    asked: dict[str, str], words: str, operator: Client, shop: Shop
) -> None:
    wanted = {"kind": "trip", "scope": "all", "end": "15"} | asked
    part = text(operator.get(f"{ADDRESS}/hold/reach", wanted, headers=HX).content)
    for rate in ("42", "28", "14"):  # of the made-up traffic, which swings
        words = words.replace(f"About {rate}", "About")
    assert words.partition("About")[0] in part
    assert words.partition("About")[2].removeprefix(" calls/s") in part


def test_a_share_of_the_processes_sees_a_share_of_the_calls(operator: Client, shop: Shop) -> None:
    from recovery.queries.acts.reach import reach, runners
    from recovery.queries.breaker.which import by_id

    which = by_id(shop.breaker.pk)
    assert which is not None
    every = reach(which, {}, runners(which))
    one = reach(which, {"kind": "host", "values": ["web-2"]}, runners(which))
    assert every.calls is not None
    assert one.share == pytest.approx(every.calls / 3)


def test_with_nobody_linked_it_says_that_it_is_kept(operator: Client, shop: Shop) -> None:
    LinkInterval.objects.update(ended_at=moment.now(), ending="lost")
    assert "It is kept, and applies to whoever links and fits." in text(operator.get(f"{ADDRESS}/hold").content)
    answer = operator.post(f"{ADDRESS}/hold", FORM, follow=True)
    assert "It is kept, and applies as soon as one links." in answer.content.decode()


def test_the_choices_are_the_linked_processes(operator: Client, shop: Shop) -> None:
    page = operator.get(f"{ADDRESS}/hold?kind=disable&scope=host:gone").content.decode()
    for words in (
        '<option value="version:2">2 (2 processes)</option>',
        '<option value="host:web-1">web-1 (2 processes)</option>',
        f'<option value="process:{shop.processes[0].uid}">{shop.processes[0]}</option>',
        '<option value="host:gone" selected>gone</option>',
        'value="disable" data-reaches checked',
    ):
        assert words in page


def test_the_page_and_the_dialog_are_one_form(operator: Client, shop: Shop) -> None:
    page = operator.get(f"{ADDRESS}/hold").content.decode()
    part = operator.get(f"{ADDRESS}/hold", headers=HX).content.decode()
    assert "<html" in page
    assert "<html" not in part
    for markup in (page, part):
        assert f'<form class="form act-form" method="post" action="{ADDRESS}/hold"' in markup
        assert 'name="csrfmiddlewaretoken"' in markup
