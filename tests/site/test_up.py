"""`manage.py up` as people start it, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.product import Console

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_and_soon(new_console: Callable[..., Console], how: signal.Signals) -> None:
    console = new_console()
    console.start()
    console.link()
    began = time.monotonic()
    assert console.stop(how) == 0
    assert time.monotonic() - began < 5
    assert "Traceback" not in console.said()


def test_the_second_start_keeps_key_and_data(new_console: Callable[..., Console]) -> None:
    console = new_console()
    console.start()
    first = console.link()
    key = (console.folder / "data" / "secret.key").read_text()
    console.restart()
    assert console.link() != first
    assert (console.folder / "data" / "secret.key").read_text() == key
    assert console.said().count("Database ready") == 1


def test_admin_link_prints_a_way_in(new_console: Callable[..., Console]) -> None:
    console = new_console()
    console.start()
    told = console.command("admin", "link", "--url", console.url)
    assert f"{console.url}/account/link/" in told.stdout
    assert "Nobody is called 'ana'" in console.command("admin", "link", "--for", "ana").stderr


def fails(console: Console, *arguments: str) -> str:
    """What it says when it cannot start."""
    done = console.command("up", "--port", str(console.port), *arguments)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_taken_port(new_console: Callable[..., Console]) -> None:
    console = new_console()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", console.port))
        taken.listen()
        assert f"Cannot listen on 127.0.0.1:{console.port}" in fails(console)


def test_a_folder_that_cannot_be_written(new_console: Callable[..., Console], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "Cannot write in" in fails(new_console(RECOVERY_DATA=str(tmp_path / "file" / "data")))


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder(new_console: Callable[..., Console], tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "Cannot write in" in fails(new_console(RECOVERY_DATA=str(tmp_path / "data")))


def test_a_newer_database(new_console: Callable[..., Console]) -> None:
    console = new_console()
    console.start()
    console.stop()
    with sqlite3.connect(console.folder / "data" / "console.sqlite3") as database:
        database.execute(
            "insert into django_migrations (app, name, applied) values ('recovery', '0999_future', '2030-01-01')"
        )
    database.close()
    assert "written by a newer Recovery (recovery.0999_future)" in fails(console)


def test_a_file_that_is_no_database(new_console: Callable[..., Console]) -> None:
    console = new_console()
    (console.folder / "data").mkdir()
    (console.folder / "data" / "console.sqlite3").write_bytes(b"not a database " * 100)
    assert "The database cannot be used: file is not a database" in fails(console)


def test_a_mistake_in_the_environment(new_console: Callable[..., Console]) -> None:
    done = new_console(DATABASE_URL="mysql://x/y").command("up")
    assert done.returncode != 0
    assert "DATABASE_URL starts with 'mysql'" in done.stderr


def test_an_error_of_a_check_stops_it(new_console: Callable[..., Console]) -> None:
    assert "recovery.E001" in fails(new_console(ALLOWED_HOSTS="*"))
