"""The product itself with a real service before it: killed, restarted, steered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.product import Console
from tests.link.running import Ask, Service, sqlite, wait

LINKED = "select 1 from recovery_linkinterval where ended_at is null"
LAST_LINK = (
    "select l.ending, p.left_at is not null from recovery_linkinterval l"
    " join recovery_process p on p.id = l.process_id order by l.id desc limit 1"
)

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    (tmp_path / "console").mkdir()
    console = Console(tmp_path / "console", "--no-worker")
    console.start()
    yield console
    console.stop()


@pytest.fixture
def ask(console: Console) -> Ask:
    return sqlite(console)


@pytest.fixture
def start(console: Console, tmp_path: Path) -> Iterator[Callable[[str], Service]]:
    started: list[Service] = []

    def begin(transport: str) -> Service:
        folder = tmp_path / f"service-{len(started)}"
        folder.mkdir()
        token = console.command("token", "create", "shop").stdout.strip()
        started.append(Service(console, folder, token, transport))
        return started[-1]

    yield begin
    for each in started:
        each.process.kill()
        each.process.communicate()


@pytest.mark.parametrize("transport", ["websocket", "http"])
def test_killed_twice_it_has_every_transition_and_every_error_once(
    transport: str, console: Console, ask: Ask, start: Any
) -> None:
    service = start(transport)
    for _ in range(2):
        before = ask("select count(*) from recovery_transition")[0][0]
        wait(lambda before=before: ask("select count(*) from recovery_transition")[0][0] > before + 20)
        console.kill()
        last = ask("select max(id) from recovery_linkinterval")[0][0]
        console.start()
    # The one that it was killed with is open until the console has looked.
    wait(lambda: ask(f"{LINKED} and id > {last}"))
    told = service.stop()
    sequences = [row[0] for row in ask("select sequence from recovery_transition order by sequence")]
    assert sequences == list(range(1, told["transitions"] + 1))
    assert ask("select sum(count) from recovery_errorgroup") == [(told["errors"],)]
    # The service does not wait for its goodbye to be written down: that is the console's affair.
    wait(lambda: ask(LAST_LINK)[0] == ("bye", 1))


@pytest.mark.parametrize("transport", ["websocket", "http"])
def test_what_is_asked_for_on_the_command_line_is_obeyed_and_confirmed(
    transport: str, console: Console, ask: Ask, start: Any
) -> None:
    service = start(transport)
    wait(lambda: ask("select 1 from recovery_breaker"))
    done = console.command("breakers", "trip", "shop", "bank", "--reason", "drill")
    assert done.returncode == 0, done.stderr
    wait(lambda: service.state == "FORCED-OPEN")
    wait(lambda: ask("select state from recovery_breaker") == [("FORCED-OPEN",)])
    wait(lambda: ask("select applied_revision from recovery_process") == [(1,)])
    console.restart()
    assert console.command("breakers", "reset", "shop", "bank").returncode == 0
    wait(lambda: service.state in {"CLOSED", "OPEN", "HALF-OPEN"})
    wait(lambda: ask("select applied from recovery_confirmation where revision = 2") == [(1,)])
    service.stop()


def test_ctrl_c_says_goodbye_within_five_seconds(console: Console, ask: Ask, start: Any) -> None:
    service = start("websocket")
    wait(lambda: ask(LINKED))
    began = time.monotonic()
    assert console.stop() == 0
    assert time.monotonic() - began < 5
    assert ask("select ending from recovery_linkinterval order by id desc limit 1") == [("restart",)]
    assert service.process.poll() is None
