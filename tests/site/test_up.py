"""`manage.py up` as people start it, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests import servers
from tests.e2e.product import Console, free_port

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


def test_a_read_only_folder(new_console: Callable[..., Console], tmp_path: Path) -> None:
    folder = tmp_path / "data"
    if os.geteuid() == 0:  # who writes everywhere, but for where the kernel answers
        folder = Path("/proc/sys/recovery")
    tmp_path.chmod(0o500)
    assert f"Cannot write in {folder}" in fails(new_console(RECOVERY_DATA=str(folder)))


def test_an_old_database_on_a_server_is_brought_up_to_date_by_people(new_console: Callable[..., Console]) -> None:
    url = servers.postgres()
    with servers.new_database(url) as own:
        console = new_console(DATABASE_URL=own, SECRET_KEY="a key of the tests, which is long enough")
        assert "The database is older than this console. Bring it up to date first: recovery migrate." in fails(console)
        assert console.command("migrate").returncode == 0
        console.start()
        assert console.stop() == 0


def test_an_old_file_is_brought_up_to_date(new_console: Callable[..., Console]) -> None:
    console = new_console()
    file = console.folder / "data" / "console.sqlite3"
    file.parent.mkdir()
    assert console.command("migrate", "auth").returncode == 0  # of a time without tables of ours
    console.start()
    assert "migrations applied" in console.said()
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("select count(*) from recovery_service").fetchone() == (0,)


def test_a_server_that_is_away(new_console: Callable[..., Console]) -> None:
    url = f"postgres://ana:secret@127.0.0.1:{free_port()}/recovery?timeout=1"
    said = fails(new_console(DATABASE_URL=url, SECRET_KEY="a key of the tests, which is long enough"))
    assert "The database cannot be used" in said
    assert "secret" not in said


def test_without_debug_a_missing_page_tells_nothing(new_console: Callable[..., Console]) -> None:
    console = new_console()
    console.start()
    with pytest.raises(urllib.error.HTTPError) as problem:
        urllib.request.urlopen(f"{console.url}/nowhere/", timeout=30)
    with problem.value as answer:
        text = answer.read().decode()
    assert answer.code == 404
    assert "There is nothing here" in text or "not found" in text.lower()
    for word in ("DEBUG", "urlconf", "Traceback", "recovery/urls.py"):
        assert word not in text


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
