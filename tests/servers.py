"""PostgreSQL and Redis for tests that start consoles of their own on them, and a door in front that can be shut.

POSTGRES_FOR_TESTS and REDIS_FOR_TESTS name them (`.ci/run` does), else TEST_DATABASE_URL and TEST_REDIS_URL, else the
local ones are tried. Without them the tests are skipped; where CI=true they fail.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

import pytest

POSTGRES = ("postgres:///postgres?host=/var/run/postgresql", "postgres://postgres:postgres@127.0.0.1/postgres")
REDIS = ("redis://127.0.0.1:6379/9",)


def missing(what: str) -> NoReturn:
    """Skip, or fail where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}: CI must have it (.ci/run starts it)")
    pytest.skip(what)


def _named(*names: str) -> list[str]:
    return [value for name in names if (value := os.environ.get(name))][:1]


def postgres() -> str:
    """The URL of a server that lets us make databases."""
    for url in _named("POSTGRES_FOR_TESTS", "TEST_DATABASE_URL") or POSTGRES:
        if _may_make_databases(url):
            return url
    missing("no PostgreSQL that lets this user make databases (POSTGRES_FOR_TESTS names one)")


def redis() -> str:
    """The URL of a server."""
    for url in _named("REDIS_FOR_TESTS", "TEST_REDIS_URL") or REDIS:
        if _pings(url):
            return url
    missing("no Redis (REDIS_FOR_TESTS names one)")


def _may_make_databases(url: str) -> bool:
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            asked = "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
            return bool(connection.execute(asked).fetchone()[0])
    except psycopg.OperationalError:
        return False


def _pings(url: str) -> bool:
    client = pytest.importorskip("redis", reason="redis is not installed")
    try:
        with client.Redis.from_url(url, socket_connect_timeout=5) as connection:
            return bool(connection.ping())
    except client.RedisError:
        return False


@contextmanager
def new_database(url: str) -> Iterator[str]:
    """The URL of an empty database, dropped afterwards whoever is still connected."""
    import psycopg

    name = f"recovery_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    try:
        yield _url(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")


def address(url: str, port: int) -> tuple[int, object]:
    """Family and address of the server that a URL names."""
    parts, options = urlsplit(url), dict(parse_qsl(urlsplit(url).query))
    host = parts.hostname or options.get("host", "127.0.0.1")
    if host.startswith("/"):
        return socket.AF_UNIX, f"{host}/.s.PGSQL.{parts.port or options.get('port', port)}"
    return socket.AF_INET, (host, parts.port or port)


def through(url: str, port: int, **more: str) -> str:
    """The same URL, at a port of this machine, with more options."""
    parts = urlsplit(url)
    options = {name: value for name, value in parse_qsl(parts.query) if name not in {"host", "port"}} | more
    who = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return _url(parts._replace(netloc=f"{who}127.0.0.1:{port}", query=urlencode(options)))


def _url(parts: SplitResult) -> str:
    """Two slashes even where no host follows."""
    return f"{parts.scheme}://{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
