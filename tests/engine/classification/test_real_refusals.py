"""Errors that really happened: a local HTTP server that refuses, a port where nobody listens, a locked database."""

from __future__ import annotations

import socket
import sqlite3
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import psycopg
import pytest
import redis
import requests

from recovery.engine.classification import classify
from recovery.engine.clock import SYSTEM_CLOCK
from recovery.engine.enums import ErrorCategory, RetryReason
from recovery.engine.retry_after import retry_after_of


class Refusing(BaseHTTPRequestHandler):
    """Answers ``GET /<status>`` with that status and a Retry-After of 7 s."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.send_header("Retry-After", "7")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def raised_by(call: Callable[[], object]) -> Exception:
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def by_urllib(url: str) -> object:
    return urllib.request.urlopen(url, timeout=5)


def by_httpx(url: str) -> object:
    return httpx.get(url, timeout=5, trust_env=False).raise_for_status()


def by_requests(url: str) -> object:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=5).raise_for_status()


async def by_aiohttp(url: str) -> Exception:
    try:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            response.raise_for_status()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


STATUSES = [
    (404, ErrorCategory.PERSISTENT, RetryReason.NOT_FOUND),
    (429, ErrorCategory.TRANSIENT, RetryReason.RATE_LIMITED),
    (500, ErrorCategory.TRANSIENT, RetryReason.SERVER_ERROR),
    (503, ErrorCategory.TRANSIENT, RetryReason.SERVICE_UNAVAILABLE),
]


@pytest.mark.parametrize("get", [by_urllib, by_httpx, by_requests])
@pytest.mark.parametrize(("status", "category", "reason"), STATUSES)
def test_a_status(
    server: str, get: Callable[[str], object], status: int, category: ErrorCategory, reason: RetryReason
) -> None:
    error = raised_by(lambda: get(f"{server}/{status}"))
    found = classify(error)
    assert (category, reason) == (found.category, found.reason)
    assert retry_after_of(error, SYSTEM_CLOCK.now) == 7.0
    if isinstance(error, urllib.error.HTTPError):
        error.close()


@pytest.mark.parametrize(("status", "category", "reason"), STATUSES)
async def test_a_status_seen_by_aiohttp(server: str, status: int, category: ErrorCategory, reason: RetryReason) -> None:
    error = await by_aiohttp(f"{server}/{status}")
    found = classify(error)
    assert (category, reason) == (found.category, found.reason)
    assert retry_after_of(error, SYSTEM_CLOCK.now) == 7.0


@pytest.mark.parametrize("get", [by_urllib, by_httpx, by_requests])
def test_nobody_listens(closed_port: int, get: Callable[[str], object]) -> None:
    error = raised_by(lambda: get(f"http://127.0.0.1:{closed_port}/"))
    assert RetryReason.NETWORK_ERROR is classify(error).reason


async def test_nobody_listens_to_aiohttp(closed_port: int) -> None:
    assert RetryReason.NETWORK_ERROR is classify(await by_aiohttp(f"http://127.0.0.1:{closed_port}/")).reason


def test_no_redis(closed_port: int) -> None:
    with redis.Redis("127.0.0.1", closed_port) as client:
        assert RetryReason.NETWORK_ERROR is classify(raised_by(client.ping)).reason


def test_no_postgres(closed_port: int) -> None:
    error = raised_by(lambda: psycopg.connect(f"host=127.0.0.1 port={closed_port} connect_timeout=5"))
    assert (classify(error).category, classify(error).reason) == (ErrorCategory.SYSTEM, RetryReason.DATABASE_ERROR)


def test_a_locked_sqlite_database(tmp_path: Path) -> None:
    path = tmp_path / "db"
    first, second = sqlite3.connect(path, timeout=0), sqlite3.connect(path, timeout=0)
    try:
        first.execute("create table t (x)")
        first.execute("begin immediate")
        found = classify(raised_by(lambda: second.execute("begin immediate")))
        assert (
            found.category, found.reason, found.rule,
        ) == (ErrorCategory.TRANSIENT, RetryReason.DATABASE_ERROR, "code-sqlite-busy")  # fmt: skip
    finally:
        first.close()
        second.close()
