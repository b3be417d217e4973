"""DATABASE_URL and REDIS_URL."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from recovery_site.databases import database
from recovery_site.layers import IN_MEMORY, PUBSUB, channel_layer


def test_sqlite_relative_and_absolute() -> None:
    assert database("sqlite:///console.sqlite3")["NAME"] == str(Path("console.sqlite3").absolute())
    assert (
        database("sqlite:////var/lib/recovery/with%20space.sqlite3")["NAME"] == "/var/lib/recovery/with space.sqlite3"
    )


def test_sqlite_waits_and_begins_as_a_writer() -> None:
    options = database("sqlite:///x.sqlite3")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    assert "journal_mode=WAL" in options["init_command"]


def test_sqlite_can_be_told_how_long_to_wait_for_a_lock() -> None:
    assert database("sqlite:///x.sqlite3?timeout=3")["OPTIONS"]["timeout"] == 3


@pytest.mark.django_db
def test_the_pragmas_are_in_force() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("not on SQLite")
    with connection.cursor() as cursor:
        found = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "temp_store")
        ]
    assert found == ["wal", 1, 2]


def test_postgres_with_a_pool_and_escaped_parts() -> None:
    settings = database("postgres://an%40a:p%2Fw@db.example:6432/recovery?sslmode=require&pool=25&timeout=4")
    assert (settings["USER"], settings["PASSWORD"], settings["HOST"], settings["PORT"]) == (
        "an@a",
        "p/w",
        "db.example",
        "6432",
    )
    assert settings["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 25, "timeout": 4, "reconnect_timeout": 2}
    assert "timeout" not in settings["OPTIONS"]
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert "CONN_MAX_AGE" not in settings


def test_postgres_by_socket() -> None:
    assert database("postgresql:///recovery?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize(
    "url",
    [
        *("mysql://x/y", "nonsense", "sqlite://host/x", "sqlite:///", "sqlite:///x?timeout=0", "sqlite:///x?mode=ro"),
        *("postgres://host", "postgres://h/d?pool=0", "postgres://u:secret@h/d?pool=%C2%B2"),
    ],
)
def test_what_cannot_be_meant_is_refused_without_the_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as problem:
        database(url)
    assert "secret" not in str(problem.value)


def test_the_layer_follows_redis() -> None:
    assert channel_layer("")["BACKEND"] == IN_MEMORY
    assert channel_layer("redis://localhost:6379/3")["BACKEND"] == PUBSUB
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        channel_layer("http://localhost")
