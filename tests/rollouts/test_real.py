"""Six real service processes before a real console: a policy that does worse goes back by itself, another goes through.

Each process tries a call four times where its upstream says 500 to every third. With one attempt a third of the calls
fail: the first process that runs it shows that, and nobody else ever does.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from recovery.demo.server import Door, Mood
from tests.e2e.product import Console
from tests.link.running import Ask, sqlite

PROCESSES = 6
PATIENCE = 150.0  # s: slots of 10 s come in some seconds later, and are judged every 10 s
PROGRAM = Path(__file__).with_name("shop.py")
OPERATION = "kind = 'operation' and target = 'shop.fetch'"

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


class EveryThird(Mood):
    """It says 500 to a third of those who ask, whatever its phase."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.chance = random.Random(seed)

    def answer(self, path: str) -> int:
        """At once."""
        return 500 if self.chance.random() < 1 / 3 else 200


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    console = Console(tmp_path)
    console.start()
    yield console
    console.stop()


@pytest.fixture
def ask(console: Console) -> Ask:
    return sqlite(console)


@pytest.fixture
def fleet(console: Console, ask: Ask) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Six processes that are linked."""
    door = Door(EveryThird(1))
    door.open()
    token = console.command("token", "create", "shop").stdout.strip()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECOVERY")}
    told = kept | {"RECOVERY_URL": console.url, "RECOVERY_TOKEN": token, "RECOVERY_VERSION": "1.4.2"}
    line = [sys.executable, "-P", str(PROGRAM), f"http://127.0.0.1:{door.port}/"]
    started = [subprocess.Popen(line, env=told, cwd=console.folder) for _ in range(PROCESSES)]
    until(lambda: ask("select count(*) from recovery_linkinterval where ended_at is null") == [(PROCESSES,)])
    until(lambda: ask("select 1 from recovery_operation where name = 'shop.fetch'"))
    yield started
    for process in started:
        process.send_signal(signal.SIGTERM)
    for process in started:
        process.wait(timeout=20)
    door.shut()
    door._socket.close()


def until(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)
    return found


def begin(console: Console, fields: dict[str, Any], *stages: tuple[str, int]) -> None:
    """By the command line, as somebody would who has no browser."""
    steps = [f"--step={share}:{seconds}" for share, seconds in stages]
    words = [f"{name}={json.dumps(value)}" for name, value in fields.items()]
    made = console.command(
        "rollout", "begin", "shop", "shop.fetch", *words, "--operation", *steps, "--least-calls=60", "--reason=try it"
    )
    assert made.returncode == 0, made.stderr


def confirmed(ask: Ask, fields: str) -> list[str]:
    """Processes that confirmed a policy with these fields, newest first."""
    return [
        uid
        for (uid,) in ask(
            "select p.uid from recovery_confirmation c join recovery_process p on p.id = c.process_id"
            f" join recovery_policy y on y.revision = c.revision where c.applied and y.fields {fields}"
        )
    ]


def test_a_policy_that_does_worse_goes_back_by_itself(
    console: Console, ask: Ask, fleet: list[subprocess.Popen[bytes]]
) -> None:
    begin(console, {"max_attempts": 1}, ("one", 600))
    until(lambda: len(confirmed(ask, "= '{\"max_attempts\": 1}'")) == 1)
    until(lambda: ask(f"select 1 from recovery_rollout where {OPERATION} and state = 'rolled back'"))
    [(verdict,)] = ask("select verdict from recovery_rollout")
    found = json.loads(verdict)
    assert found["word"] == "worse"
    assert (found["new"]["processes"], found["old"]["processes"]) == (1, 5)
    assert found["new"]["failed"] > 20
    assert found["old"]["failed"] < 5
    [(act, actor, reason)] = ask("select act, actor, reason from recovery_auditentry order by id desc limit 1")
    assert (act, actor) == ("roll back", "Rollout")
    assert "% of calls fail instead of" in reason
    # Everybody confirms the code's own; the other five never ran anything else.
    until(lambda: len(confirmed(ask, "is null")) == PROCESSES)
    assert len(confirmed(ask, "= '{\"max_attempts\": 1}'")) == 1


def test_one_that_does_no_worse_reaches_all_though_the_console_restarts(
    console: Console, ask: Ask, fleet: list[subprocess.Popen[bytes]]
) -> None:
    begin(console, {"max_attempts": 6}, ("one", 25), ("50", 10))
    until(lambda: len(confirmed(ask, "= '{\"max_attempts\": 6}'")) == 1)
    console.restart()
    until(lambda: ask(f"select 1 from recovery_rollout where {OPERATION} and state = 'done'"))
    until(lambda: len(set(confirmed(ask, "= '{\"max_attempts\": 6}'"))) == PROCESSES)
    acts = [act for (act,) in ask("select act from recovery_auditentry where act like '%rollout' order by id")]
    assert acts == ["begin rollout", "go on with rollout", "go on with rollout"]
    scopes = [json.loads(scope) for (scope,) in ask("select scope from recovery_policy order by revision")]
    assert [scope.get("kind", "all") for scope in scopes] == ["process", "share", "all"]
