"""The link over real sockets."""

from __future__ import annotations

import contextlib
import logging

import pytest

from recovery import wire
from recovery.engine import CircuitBreaker
from tests.client.conftest import Connect
from tests.client.console import Console


def fail() -> None:
    raise ValueError("no such order 17")


def calls(breaker: CircuitBreaker, failures: int = 0, successes: int = 0) -> None:
    for _ in range(failures):
        with contextlib.suppress(Exception):
            breaker.call(fail)
    for _ in range(successes):
        with contextlib.suppress(Exception):
            breaker.call(int)


def test_it_says_who_it_is_and_declares_what_it_has(console: Console, connect: Connect, name: str) -> None:
    breaker = CircuitBreaker(3, 7.5, name=name, service_name="payments")
    client = connect(console, service_version="2026.1", labels={"zone": "b"})
    hello = console.wait_for(wire.Hello)
    assert (hello.process, hello.service_version, hello.labels) == (client.process, "2026.1", {"zone": "b"})
    console.wait(lambda: name in console.declared())
    declared = console.declared()[name]
    assert declared.config["failure_threshold"] == 3
    assert (declared.state, declared.service_name, declared.twins) == ("CLOSED", "payments", 1)
    assert client.status().state == "linked"
    del breaker


def test_a_transition_comes_at_once_with_cause_and_evidence(console: Console, connect: Connect, name: str) -> None:
    breaker = CircuitBreaker(2, name=name)
    connect(console)
    console.wait_for(wire.Declare)
    calls(breaker, failures=2)
    event = console.wait_for_event(wire.Transition)
    assert (event.breaker, event.before, event.after) == (name, "CLOSED", "OPEN")
    assert event.cause == "2 failures in a row"
    assert event.evidence["consecutive_failures"] == 2


def test_errors_come_with_traceback_and_fingerprint(console: Console, connect: Connect, name: str) -> None:
    breaker = CircuitBreaker(100, name=name)
    connect(console)
    console.wait_for(wire.Declare)
    calls(breaker, failures=2)
    first, second = console.wait_for_event(wire.Error, 1), console.wait_for_event(wire.Error, 2)
    assert first.fingerprint == second.fingerprint
    assert (first.operation, first.exception_type, first.message) == (name, "ValueError", "no such order 17")
    assert "in fail" in first.traceback


def test_closing_flushes_the_slot_and_says_bye(console: Console, connect: Connect, name: str) -> None:
    breaker = CircuitBreaker(100, name=name)
    client = connect(console)
    console.wait_for(wire.Declare)
    calls(breaker, failures=1, successes=4)
    client.close()
    (part,) = [each for parts in console.slots.values() for each in parts]
    (mine,) = [each for each in part.breakers if each.name == name]
    assert (mine.successes, mine.failures, mine.calls) == (4, 1, 5)
    assert [(number, what) for number, _, what in mine.tape] == [(1, 1)]
    assert sum(count for _, count in mine.latency) == 5
    assert console.wait_for(wire.Bye).reason == "closing"
    assert client.status().state == "closed"


def test_each_turn_of_the_link_is_one_line(
    console: Console, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "recovery.client")
    connect(console)
    console.wait_for(wire.Declare)
    console.stop()
    console.wait(lambda: True)
    console.start()
    console.wait_for(wire.Declare, 2)
    said = [record.getMessage().split(" with")[0].split(" at")[0] for record in caplog.records]
    assert said == ["linked", "lost the console", "linked again"]
