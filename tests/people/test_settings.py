"""The settings page shows what is in force."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recovery.permissions import LEAST, ON_SERVICE, Act, Role, allows
from recovery.queries.settings.size import database_size
from recovery.rollups.retention import DAYS
from recovery.views.settings import KEPT, table
from tests import factories as make
from tests.people.people import limited


def page(user: Any) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/settings/").content.decode().split("<main", 1)[1]


def test_the_table_is_the_one_that_is_asked() -> None:
    rows = table()
    assert {row["act"] for row in rows} == set(Act) == set(LEAST)
    for row in rows:
        assert row["may"] == [allows(role, row["act"]) for role in Role]
        assert row["on_service"] == (row["act"] in ON_SERVICE)


def test_a_change_of_the_table_is_a_change_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = page(make.person("viewer")).count("yes</span>")
    monkeypatch.setitem(LEAST, Act.MANAGE_TOKENS, Role.VIEWER)
    assert page(make.person("viewer")).count("yes</span>") == before + 2


def test_everybody_reads_where_they_may_act() -> None:
    ours = make.service("ours")
    assert "you are viewer" in page(make.person("viewer"))
    assert "Your acts reach every service" in page(make.person("operator"))
    assert "You may act on ours · production" in page(limited(ours))
    assert "No service is granted to you" in page(limited())


def test_retention_is_what_pruning_goes_by(settings: Any) -> None:
    assert set(KEPT) == set(DAYS)
    settings.RETENTION = {"logs": 3.5}
    text = page(make.person("viewer"))
    assert "<dt>log lines</dt><dd>3.5 days</dd>" in text
    assert "<dt>figures of 10 s</dt><dd>1 day</dd>" in text


def test_the_size_of_the_database_is_measured() -> None:
    size = database_size()
    assert size is not None
    assert size > 100_000
    assert connection.vendor in page(make.person("viewer"))


def test_the_way_to_people_is_marked_for_admins() -> None:
    text = page(make.person("viewer"))
    assert 'aria-labelledby="title-people" data-least="admin"' in text


def test_nothing_is_there_that_does_not_exist() -> None:
    import re

    client = Client()
    client.force_login(make.person("admin"))
    main = client.get("/settings/").content.decode().split("<main", 1)[1]
    links = set(re.findall(r'href="(/[^"#]*)"', main))
    assert links >= {"/people/", "/services/", "/account/"}
    assert {link: client.get(link.replace("&amp;", "&")).status_code for link in links} == dict.fromkeys(links, 200)


def test_the_number_of_queries_is_fixed() -> None:
    def queries(user: Any) -> int:
        client = Client()
        client.force_login(user)
        with CaptureQueriesContext(connection) as caught:
            client.get("/settings/")
        return len(caught)

    few = queries(limited(make.service("ours")))
    assert queries(limited(*[make.service(f"more-{number}") for number in range(20)])) == few
    assert few <= 3 + 3
