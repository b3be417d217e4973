"""The database is locked or gone for a while: services go on, nothing is lost or doubled, links stay."""

from __future__ import annotations

import sqlite3
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.door import Door
from tests.e2e.product import Console
from tests.link import running
from tests.link.running import Ask, Service, wait

TRANSITIONS = "select count(*) from recovery_transition"
OPEN_LINKS = "select id from recovery_linkinterval where ended_at is null"
WORKED = "select finished_at from recovery_job where name = 'rollup'"
BEAT = "select finished_at from recovery_job where name = 'worker'"
KEY = "a key of the tests, which is long enough"

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

Start = Callable[[Console], Service]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., Console]]:
    """Start consoles with an environment; all are ended."""
    made: list[Console] = []

    def start(**environment: str) -> Console:
        (tmp_path / "console").mkdir()
        made.append(Console(tmp_path / "console", **{"SECRET_KEY": KEY, **environment}))
        if environment.get("DATABASE_URL", "").startswith("postgres"):
            done = made[-1].command("migrate")
            assert done.returncode == 0, done.stderr
        made[-1].start()
        return made[-1]

    yield start
    for console in made:
        console.stop()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Start]:
    """Start services in front of a console; all are ended."""
    made: list[Service] = []

    def start(console: Console) -> Service:
        folder = tmp_path / f"service-{len(made)}"
        folder.mkdir()
        token = console.command("token", "create", "shop").stdout.strip()
        made.append(Service(console, folder, token, "websocket"))
        return made[-1]

    yield start
    for each in made:
        each.process.kill()
        each.process.communicate()


def goes_on(service: Service, transitions: int = 20) -> None:
    """Wait until it had so many more: nobody holds the service up."""
    before = service.transitions
    wait(lambda: service.transitions >= before + transitions)


def all_of_it_once(service: Service, ask: Ask) -> None:
    """Each transition and each error that the service had is there, once."""
    told = service.stop()
    wait(lambda: ask(TRANSITIONS)[0][0] >= told["transitions"])
    sequences = [row[0] for row in ask("select sequence from recovery_transition order by sequence")]
    assert sequences == list(range(1, told["transitions"] + 1))
    assert [int(row[0]) for row in ask("select sum(count) from recovery_errorgroup")] == [told["errors"]]


def page(console: Console) -> tuple[int, str]:
    """What a page answers to somebody whose session is to be looked up."""
    request = urllib.request.Request(console.url, headers={"Cookie": f"recovery_session={'x' * 32}"})
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, problem.read().decode()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the file's write lock, as another program would."""
    with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.execute("rollback")


def test_sqlite_locked_by_another_program(begin: Any, serve: Start, tmp_path: Path) -> None:
    file = tmp_path / "console" / "data" / "console.sqlite3"
    console = begin(DATABASE_URL=f"sqlite:///{file}?timeout=1")
    ask, service = running.sqlite(console), serve(console)
    wait(lambda: ask(TRANSITIONS)[0][0] > 10)
    link, worked = ask(OPEN_LINKS), ask(WORKED)
    with locked(file):
        wait(lambda: "the database does not take reports" in console.said())
        before = ask(TRANSITIONS)
        goes_on(service)
        assert ask(TRANSITIONS) == before  # nobody reads what is not kept
        wait(console.answers)
        assert page(console)[0] == 200  # reading goes on
    wait(lambda: "the database is back: reports are kept again" in console.said())
    wait(lambda: ask(WORKED) not in ([], worked))  # and so does the worker
    wait(lambda: ask(OPEN_LINKS) == link)
    all_of_it_once(service, ask)


def test_postgresql_is_gone(begin: Any, serve: Start) -> None:
    url = servers.postgres()
    with servers.new_database(url) as own:
        door = Door(*servers.address(own, 5432))
        console = begin(DATABASE_URL=servers.through(own, door.port, timeout="1"))
        ask, service = running.postgres(own), serve(console)
        wait(lambda: ask(TRANSITIONS)[0][0] > 10)
        link, beat = ask(OPEN_LINKS), ask(BEAT)
        door.shut()
        wait(lambda: "the database does not take reports" in console.said())
        before = ask(TRANSITIONS)
        goes_on(service)
        assert ask(TRANSITIONS) == before
        wait(console.answers)
        status, text = page(console)
        assert status == 500
        assert "The console failed at this" in text
        assert "OperationalError" not in text
        assert str(door.port) not in text
        door.open()
        wait(lambda: "the database is back: reports are kept again" in console.said())
        wait(lambda: ask(BEAT) not in ([], beat))
        wait(lambda: page(console)[0] == 200)
        wait(lambda: ask(OPEN_LINKS) == link)
        all_of_it_once(service, ask)
        console.stop()
        door.shut()
