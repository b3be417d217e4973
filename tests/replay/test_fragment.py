"""The fragment of the editor: what it says, to whom, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recovery import moment
from recovery.engine import BreakerConfig
from recovery.models import Breaker, Policy
from recovery.queries.replay import compare
from recovery.testing import FakeClock
from tests import factories as make
from tests.replay.kept import keep
from tests.replay.recorded import Life

CONFIG = BreakerConfig(failure_threshold=3, recovery_timeout=10)


@cache
def _lived(seed: int) -> Life:
    return Life(CONFIG, seed=seed, name="metadata.get").live(900)


@pytest.fixture
def life(db: None) -> Iterator[Life]:
    """A quarter of an hour of one process, ended a moment ago."""
    lived = _lived(1)
    lived.clock = clock = FakeClock()
    clock.advance(920)
    with moment.using(clock):
        keep(lived, make.service("metadata"))
        yield lived


def _address(**query: object) -> str:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    path: str = reverse("policy-replay", args=["metadata", "production", "breaker", "metadata.get"])
    return f"{path}?{words}"


def test_the_present_settings_make_what_was_recorded(life: Life, viewer: Client) -> None:
    page = viewer.get(_address()).content.decode()
    opened, failed = len(life.openings()), len(life.reopenings())
    assert opened > 3
    assert f"by them it opened {opened} times" in page
    assert f"opened {opened} times, {failed} probes failed" in page  # recorded
    assert page.count('<svg class="replay-ribbon"') == 2
    assert 'id="replay"' in page


def test_a_draft_stands_beside_the_present(life: Life, viewer: Client) -> None:
    run = life.replayed(CONFIG.replace(failure_threshold=8))
    page = viewer.get(_address(failure_threshold=8)).content.decode()
    opened = "once" if len(run.openings) == 1 else f"{len(run.openings)} times"
    assert f"it would have opened {opened} instead of {len(life.openings())}" in page
    assert f"{run.reached:,} failures would have reached users instead of" in page
    assert "were refused in reality" in page


def test_a_draft_that_is_not_legal_says_which_field(life: Life, viewer: Client) -> None:
    answer = viewer.get(_address(failure_threshold=0, recovery_timeout=-1))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "failure_threshold must be" in page
    assert "recovery_timeout must be" in page
    assert "<svg" not in page


@pytest.mark.parametrize("hours", [1, 6, 48])
def test_the_length_is_chosen(life: Life, viewer: Client, hours: int) -> None:
    page = viewer.get(_address(hours=hours)).content.decode()
    assert f'name="hours" value="{hours}"' in page
    assert f'aria-current="true">{hours} h<' in page


@pytest.mark.parametrize("hours", ["0", "2", "-1", "x", "999999999999999999999", ""])
def test_any_other_length_is_one_hour(life: Life, viewer: Client, hours: str) -> None:
    assert 'name="hours" value="1"' in viewer.get(_address(hours=hours)).content.decode()


def test_nothing_recorded_is_said(db: None, viewer: Client) -> None:
    make.breaker(make.service("metadata"), "metadata.get")
    page = viewer.get(_address()).content.decode()
    assert "Nothing was recorded in that time" in page
    assert "<table" not in page


def test_what_lies_before_the_hour_is_nothing(life: Life, viewer: Client) -> None:
    life.clock.advance(2 * 3600)
    assert "Nothing was recorded in that time" in viewer.get(_address()).content.decode()
    assert "Nothing was recorded" not in viewer.get(_address(hours=6)).content.decode()


@pytest.mark.parametrize(
    "words",
    [
        ("metadata", "production", "breaker", "no.such"),
        ("metadata", "staging", "breaker", "metadata.get"),
        ("metadata", "production", "operation", "metadata.get"),
        ("metadata", "production", "nonsense", "metadata.get"),
    ],
)
def test_unknown_names_are_not_found_and_never_made(life: Life, viewer: Client, words: tuple[str, ...]) -> None:
    before = Breaker.objects.count()
    assert viewer.get(reverse("policy-replay", args=words)).status_code == 404
    assert Breaker.objects.count() == before


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 200), ("operator", 200), ("admin", 200), ("stranger", 403), ("anonymous", 302)]
)
def test_who_may_see_it(life: Life, browser: Callable[[str], Client], role: str, status: int) -> None:
    assert browser(role).get(_address()).status_code == status


def test_nobody_may_post_to_it(life: Life, browser: Callable[[str], Client]) -> None:
    assert browser("admin").post(_address()).status_code in {403, 405}


def test_a_published_policy_is_the_present(life: Life, viewer: Client) -> None:
    row = Breaker.objects.get()
    Policy.objects.create(
        service=row.service, kind="breaker", target=row.name, fields={"failure_threshold": 8}, reason="calmer",
        actor="ana", revision=1, created_at=moment.now() - timedelta(minutes=1),
    )  # fmt: skip
    page = viewer.get(_address(failure_threshold=8)).content.decode()
    assert "These are the present settings" in page
    assert "1 change of its settings was published then" in page
    assert "1 process ran other settings" in page


def _queries(client: Client, address: str) -> int:
    compare.forget()
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    return len(caught)


def test_the_number_of_queries_follows_neither_history_nor_processes(life: Life, viewer: Client) -> None:
    few = _queries(viewer, _address())
    for seed in range(2, 6):
        keep(_lived(seed), make.service("metadata"), f"web-{seed}")
    assert _queries(viewer, _address()) == _queries(viewer, _address(hours=48)) == few <= 16


def test_a_draft_is_told_the_recording_that_is_at_hand(life: Life, viewer: Client) -> None:
    viewer.get(_address())
    with CaptureQueriesContext(connection) as caught:
        viewer.get(_address(failure_threshold=9))
    assert not any("recovery_slice" in query["sql"] for query in caught)


@pytest.mark.parametrize("fields", [{"window": "ewma"}, {"failure_rate": "auto"}, {"recovery_timeout": None}])
def test_what_a_newer_client_says_is_not_replayed(life: Life, viewer: Client, fields: dict[str, object]) -> None:
    row = Breaker.objects.get()
    Breaker.objects.update(code_config=row.code_config | fields)
    answer = viewer.get(_address())
    assert answer.status_code == 200
    assert "newer than the console" in answer.content.decode()
