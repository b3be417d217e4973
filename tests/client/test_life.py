"""The client's life in a process: quiet where nobody asked for it, quick at the exit, able where it was told."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from recovery import client, wire
from recovery.engine import CircuitBreaker, registry
from tests.architecture.tree import ROOT
from tests.client.conftest import Connect
from tests.client.console import Console
from tests.client.test_trouble import _until

SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from recovery.client import connect
from recovery.engine import CircuitBreaker
{before}
breaker = CircuitBreaker(name="script")
connect({url!r}, "secret")
breaker.call(int)
"""


def _run(url: str, before: str = "") -> float:
    """Run a short script; how long it took."""
    began = time.perf_counter()
    code = SCRIPT.format(root=str(ROOT), url=url, before=before)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "Traceback" not in done.stderr
    return time.perf_counter() - began


def test_a_short_script_is_heard(console: Console) -> None:
    _run(console.url)
    assert console.wait_for(wire.Bye).reason == "closing"
    (part,) = [part for parts in console.slots.values() for part in parts]
    assert [(each.name, each.successes) for each in part.breakers] == [("script", 1)]


def test_an_exit_hardly_waits_for_a_console_that_is_away() -> None:
    console = Console().start()
    console.stop()
    alone = _run(console.url, "import sys; sys.exit()")
    assert _run(console.url) - alone < 8.0  # interpreters start at different speeds on a busy machine


def test_without_a_url_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECOVERY_URL", raising=False)
    before = threading.active_count()
    made = client.connect()
    assert made.status().state == "off"
    assert threading.active_count() == before
    assert not registry.measuring()
    made.close()


def test_connecting_again_changes_nothing_unless_something_changed(console: Console) -> None:
    first = client.connect(console.url, "secret")
    assert client.connect(console.url, "secret") is first
    second = client.connect(console.url, "secret", labels={"a": "b"})
    assert second is not first
    assert first.status().state == "closed"
    second.close()
    second.close()
    assert not registry.measuring()


def test_the_last_desired_state_holds_while_the_console_is_away(connect: Connect, name: str, tmp_path: Path) -> None:
    console = Console(ahead=600.0).start()
    path = tmp_path / "desired.json"
    until = console.clock() + 300
    console.desired = wire.Desired(
        revision=3,
        holds=(wire.Hold(breaker=name, kind="trip", reason="broken", until=until),),
        policies=(wire.Policy(target="breaker", name=name, fields={"failure_threshold": 3}, revision=2),),
    )
    first = connect(console, state_file=path)
    console.wait_for(wire.Applied)
    _until(path.exists)
    first.close()
    console.stop()
    registry._state.overrides.clear()
    breaker = CircuitBreaker(name=name)
    connect(console, state_file=path)
    _until(lambda: breaker.state == "FORCED-OPEN")
    hold = breaker.snapshot().hold
    assert hold is not None
    assert hold.until is not None
    assert 250 < hold.until.timestamp() - time.time() < 301
    assert breaker.config.failure_threshold == 3


def test_checks_run_in_the_process_and_report(console: Console, connect: Connect) -> None:
    def broken() -> None:
        raise ConnectionError("password=hunter2 refused")

    connect(console, checks={"bank": lambda: True, "queue": broken})
    assert console.wait_for(wire.Hello).can == ("checks", "check:bank", "check:queue")
    console.wait_for(wire.Declare)
    for number, check in enumerate(("bank", "queue")):
        console.say(wire.Directive(id=f"c{number}", do=wire.RunCheckAct(check=check, run=f"r{number}")))
        console.wait_for_event(wire.CheckResult, number + 1)
    found = {each.check: each for each in console.events_of(wire.CheckResult)}
    assert (found["bank"].healthy, found["bank"].run) == (True, "r0")
    assert not found["queue"].healthy
    assert "hunter2" not in found["queue"].detail


def test_a_restart_is_asked_of_the_service(console: Console, connect: Connect) -> None:
    asked = threading.Event()
    connect(console, restart=asked.set)
    console.wait_for(wire.Declare)
    console.say(wire.Directive(id="r", do=wire.RestartAct()))
    assert asked.wait(10)


def test_logs_travel_where_that_is_asked_for(console: Console, connect: Connect) -> None:
    made = connect(console, logs=logging.WARNING)
    console.wait_for(wire.Declare)
    log = logging.getLogger("recovery.test.life")
    log.setLevel(logging.DEBUG)
    log.info("too quiet")
    log.warning("token=%s", "hunter2", extra={"operation": "charge"})
    event = console.wait_for_event(wire.Log)
    assert (event.logger, event.operation) == ("recovery.test.life", "charge")
    assert "hunter2" not in event.message
    console.say(wire.Directive(id="l", do=wire.LogLevelAct(level=logging.DEBUG, logger="recovery.test.life")))
    console.wait(lambda: [each for each in console.of(wire.Applied) if each.id == "l"])
    log.info("heard now")
    assert console.wait_for_event(wire.Log, 2).message == "heard now"
    made.close()
    assert not [each for each in logging.getLogger().handlers if type(each).__name__ == "LogHandler"]
