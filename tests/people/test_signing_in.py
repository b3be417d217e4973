"""Sign-in: throttled by name and place, by name, by place; the same answer for everybody; nobody is locked out."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from recovery import moment
from recovery.actions import signing_in, throttle
from recovery.models import AuditEntry, Throttle
from recovery.testing import FakeClock
from tests import factories as make

WRONG, RIGHT = "wrong", "a long password"
ADDRESS = "/account/sign-in/"


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    """A clock that stands still until it is told."""
    with moment.using(FakeClock(1_900_000_000.0)) as clock:
        yield clock


def knock(name: str, password: str = WRONG, place: str = "192.0.2.7", client: Client | None = None) -> Any:
    return (client or Client()).post(ADDRESS, {"username": name, "password": password}, REMOTE_ADDR=place)


def test_after_five_one_has_to_wait_and_is_told_how_long(clock: FakeClock) -> None:
    make.person("viewer", "vera")
    assert [knock("vera").status_code for _ in range(5)] == [200] * 5
    answer = knock("vera", RIGHT)
    assert (answer.status_code, answer["Retry-After"]) == (429, "15")
    assert "Too many tries" in answer.content.decode()
    clock.advance(15)
    assert knock("vera", RIGHT)["Location"] == "/"


def test_each_further_miss_doubles_the_wait_up_to_a_quarter_of_an_hour(clock: FakeClock) -> None:
    waits = []
    for _ in range(5):
        knock("vera")
    for _ in range(8):
        waits.append(int(knock("vera")["Retry-After"]))
        clock.advance(waits[-1])
        assert knock("vera").status_code == 200
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900]


def test_while_one_waits_nothing_is_looked_at_and_nothing_is_written(
    clock: FakeClock, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        knock("vera")
    before = list(Throttle.objects.order_by("key").values())
    entries = AuditEntry.objects.count()
    for _ in range(3):
        knock("vera")
    with django_assert_num_queries(2):  # is the place theirs, has it to wait
        knock("vera")
    assert list(Throttle.objects.order_by("key").values()) == before
    assert AuditEntry.objects.count() == entries


def test_a_name_that_nobody_has_gets_the_same_answers(clock: FakeClock) -> None:
    make.person("viewer", "vera")
    known = [knock("vera", place="192.0.2.1") for _ in range(7)]
    unknown = [knock("nobody", place="192.0.2.2") for _ in range(7)]
    assert [answer.status_code for answer in known] == [answer.status_code for answer in unknown]
    for one, other in zip(known, unknown, strict=True):
        assert _text(one).replace("vera", "NAME") == _text(other).replace("nobody", "NAME")


def _text(answer: Any) -> str:
    import re

    page = answer.content.decode()
    return re.sub(r'value="[A-Za-z0-9]{64}"|Request \w+', "", page)


def test_a_right_password_begins_anew(clock: FakeClock) -> None:
    make.person("viewer", "vera")
    for _ in range(4):
        knock("vera")
    assert knock("vera", RIGHT).status_code == 302
    assert [knock("vera").status_code for _ in range(5)] == [200] * 5


def test_a_name_is_throttled_wherever_it_is_tried_from(clock: FakeClock) -> None:
    make.person("viewer", "vera")
    free = signing_in.FREE["name"]
    answers = [knock("vera", place=f"198.51.100.{number}").status_code for number in range(free + 1)]
    assert answers == [200] * free + [429]


def test_but_not_for_whom_signs_in_from_where_they_always_do(clock: FakeClock) -> None:
    make.person("viewer", "vera")
    assert knock("vera", RIGHT, place="192.0.2.7").status_code == 302
    for number in range(30):
        knock("vera", place=f"198.51.100.{number}")
    assert knock("vera", place="198.51.100.200").status_code == 429
    assert knock("vera", RIGHT, place="192.0.2.7").status_code == 302
    clock.advance(31 * 86_400)
    for number in range(30):
        knock("vera", place=f"198.51.100.{number}")
    assert knock("vera", RIGHT, place="192.0.2.7").status_code == 429, "that was too long ago"


def test_a_place_is_throttled_whatever_names_it_tries(clock: FakeClock) -> None:
    free = signing_in.FREE["place"]
    answers = [knock(f"name-{number}").status_code for number in range(free + 1)]
    assert answers == [200] * free + [429]
    assert knock("another", place="192.0.2.8").status_code == 200


def test_one_who_floods_from_behind_the_same_proxy_locks_nobody_out_who_works_there(clock: FakeClock) -> None:
    make.person("viewer", "vera")
    assert knock("vera", RIGHT).status_code == 302
    for number in range(60):
        knock(f"name-{number}")
    assert knock("somebody else").status_code == 429
    assert knock("vera", RIGHT).status_code == 302


def test_an_own_account_does_not_end_the_wait_of_its_place(clock: FakeClock) -> None:
    make.person("viewer", "vera")
    assert knock("vera", RIGHT).status_code == 302
    for number in range(signing_in.FREE["place"]):
        knock(f"name-{number}")
    assert knock("vera", RIGHT).status_code == 302
    assert knock("name-99").status_code == 429


def test_an_ipv6_network_is_one_place() -> None:
    assert throttle.network("2001:db8::1") == throttle.network("2001:db8::ffff:1")
    assert throttle.network("2001:db8::1") != throttle.network("2001:db8:0:1::1")
    assert throttle.network("::ffff:192.0.2.7") == throttle.network("192.0.2.7")
    assert throttle.network("nonsense") == ""


def test_counts_are_forgotten_after_half_a_day(clock: FakeClock) -> None:
    for _ in range(5):
        knock("vera")
    clock.advance(12 * 3600)
    assert [knock("vera").status_code for _ in range(5)] == [200] * 5


@pytest.mark.parametrize("name", ["", "\0", "a\0b", "x" * 10_000, "é" * 200, "\ud800"])
def test_nonsense_is_answered_like_any_wrong_name(name: str, clock: FakeClock) -> None:
    assert knock(name.encode("utf-8", "surrogatepass").decode("utf-8", "replace")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_are_no_way_around() -> None:
    seen: list[int] = []

    def go() -> None:
        try:
            made = throttle.knock([throttle.limit("pair", "vera", "here", free=5)])
            seen.append(made.until is None)
        finally:
            connection.close()

    threads = [Thread(target=go) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (len(seen), sum(seen)) == (50, 5)


def test_the_session_gets_a_new_key(clock: FakeClock) -> None:
    make.person("viewer", "vera")
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["recovery_session"] = planted
    assert knock("vera", RIGHT, client=client).status_code == 302
    assert client.cookies["recovery_session"].value != planted
    other = Client()
    other.cookies["recovery_session"] = planted
    assert other.get("/account/").status_code == 302


def test_sign_ins_and_refusals_are_in_the_audit(clock: FakeClock) -> None:
    make.person("viewer", "vera")
    knock("vera")
    knock("my password by mistake")
    knock("vera", RIGHT)
    told = AuditEntry.objects.order_by("pk").values_list("actor", "act", "target", "refused", "origin")
    assert list(told) == [
        ("not signed in", "sign in", "vera", True, "page 192.0.2.7"),
        ("not signed in", "sign in", "an unknown name", True, "page 192.0.2.7"),
        ("vera", "sign in", "vera", False, "page 192.0.2.7"),
    ]
    assert "mistake" not in str([*AuditEntry.objects.values(), *Throttle.objects.values()])


def test_a_storm_of_misses_writes_few_entries_and_few_rows(clock: FakeClock) -> None:
    for number in range(300):
        knock(f"name-{number % 70}", place="192.0.2.7")
    assert AuditEntry.objects.count() <= 12
    assert Throttle.objects.count() <= 2 * signing_in.FREE["place"] + 5


def test_from_ever_new_places_the_entries_are_bounded_and_the_rest_is_counted(clock: FakeClock) -> None:
    for number in range(80):
        knock(f"name-{number}", place=f"198.51.100.{number}")
    assert AuditEntry.objects.filter(refused=True).count() == 30
    clock.advance(61)
    knock("one more", place="203.0.113.9")
    assert AuditEntry.objects.order_by("-pk")[0].scope["left out before"] == 50


def test_wrong_links_are_throttled_too(clock: FakeClock) -> None:
    answers = [Client().get(f"/account/link/guess-{number}/").status_code for number in range(11)]
    assert answers == [410] * 9 + [410, 429]
    assert Client().get("/account/link/guess/", REMOTE_ADDR="192.0.2.99").status_code == 410
    clock.advance(15)
    assert Client().get("/account/link/guess/").status_code == 410
    assert AuditEntry.objects.filter(act="use one-time link", refused=True).count() == 7


def test_the_present_password_cannot_be_guessed_from_an_open_session(clock: FakeClock) -> None:
    client = Client()
    client.force_login(make.person("viewer", "vera"))

    def change(present: str) -> Any:
        new = "nine loud rivers 52"
        return client.post("/account/password/", {"present": present, "password": new, "again": new})

    assert [change(WRONG).status_code for _ in range(6)] == [200] * 5 + [429]
    assert change(RIGHT).status_code == 429
    clock.advance(15)
    assert change(RIGHT)["Location"] == "/account/"
    assert AuditEntry.objects.filter(refused=True, target="vera").count() == 5


def test_a_new_password_that_is_not_good_enough_counts_for_nothing(clock: FakeClock) -> None:
    client = Client()
    client.force_login(make.person("viewer", "vera"))
    sent = {"present": RIGHT, "password": "short", "again": "short"}
    assert [client.post("/account/password/", sent).status_code for _ in range(8)] == [200] * 8


def test_a_deactivated_person_is_answered_like_a_wrong_password(clock: FakeClock) -> None:
    user = make.person("viewer", "vera")
    user.is_active = False
    user.save()
    answer = knock("vera", RIGHT)
    assert answer.status_code == 200
    assert "inactive" not in answer.content.decode()
