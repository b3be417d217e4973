"""Bad moments over real sockets: the console away, killed, slow, hostile; nothing acknowledged is lost or doubled."""

from __future__ import annotations

import os
import threading
import time
from http import HTTPStatus
from typing import Any

import pytest

from recovery import wire
from recovery.client.client import Client
from recovery.engine import CircuitBreaker
from tests.client.conftest import Connect
from tests.client.console import Console
from tests.client.test_link import calls


def _totals(console: Console, name: str) -> tuple[int, int]:
    """The last totals that came for a breaker: successes and failures."""
    parts = [part for _, parts in sorted(console.slots.items()) for part in parts]
    mine = [each for part in parts for each in part.breakers if each.name == name]
    return (mine[-1].successes, mine[-1].failures) if mine else (0, 0)


def test_a_console_that_is_away_at_the_start_delays_nothing(connect: Connect, name: str) -> None:
    console = Console()
    console.start().stop()
    breaker = CircuitBreaker(2, name=name)
    began = time.perf_counter()
    client = connect(console)
    assert time.perf_counter() - began < 3.0  # it would be ten, if it waited for a link
    calls(breaker, failures=2)
    console.start()
    event = console.wait_for_event(wire.Transition)
    assert (event.breaker, event.after) == (name, "OPEN")
    client.close()
    assert _totals(console, name) == (0, 2)
    console.stop()


def test_what_was_not_acknowledged_is_sent_again_and_counts_once(console: Console, connect: Connect, name: str) -> None:
    console.acks = False
    breaker = CircuitBreaker(2, name=name)
    client = connect(console)
    console.wait_for(wire.Declare)
    calls(breaker, failures=2)
    console.wait_for_event(wire.Transition)
    before = dict(console.events)
    console.cut()
    console.acks = True
    console.wait(lambda: console.repeats)
    client.close()
    assert {key: console.events[key] for key in before} == before  # the same events under the same keys
    assert len(console.events_of(wire.Transition)) == 1
    assert len(console.events_of(wire.Error)) == 2
    assert client.status().waiting == 0


def test_a_link_cut_in_the_middle_of_a_slice_loses_nothing(console: Console, connect: Connect, name: str) -> None:
    breakers = [CircuitBreaker(100, name=f"{name}.{number:04}{'x' * 150}") for number in range(1500)]
    client = connect(console)
    console.wait_for(wire.Declare, 2)
    for breaker in breakers:
        breaker.call(int)
    seen = threading.Event()
    kept = console._keep

    def cut_once(process: str, message: wire.Slice) -> None:
        kept(process, message)
        if not seen.is_set():
            seen.set()
            console.cut()

    console._keep = cut_once  # type: ignore[method-assign]
    client.flush()
    console.wait(lambda: any(len(parts) == parts[0].parts > 1 for parts in console.slots.values()))
    client.close()
    counted = {each.name for parts in console.slots.values() for part in parts for each in part.breakers}
    assert {breaker.name for breaker in breakers} <= counted


def test_the_console_killed_before_the_ack_gets_no_doubles(console: Console, connect: Connect, name: str) -> None:
    console.acks = False
    breaker = CircuitBreaker(100, name=name)
    client = connect(console)
    console.wait_for(wire.Declare)
    calls(breaker, failures=1, successes=9)
    client.flush()
    console.wait(lambda: _totals(console, name) == (9, 1))
    console.stop()
    console.acks = True
    console.start()
    console.wait(lambda: console.repeats)
    client.close()
    assert _totals(console, name) == (9, 1)
    assert all(len(parts) == parts[0].parts for parts in console.slots.values())


def test_a_token_that_is_not_valid_stops_it_until_there_is_another(
    console: Console, connect: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RECOVERY_TOKEN", "wrong")
    client = connect(console, token=None)
    _until(lambda: client.status().state == "refused")
    tries = console.upgrades
    client.link.wake.set()
    assert console.upgrades == tries == 1
    monkeypatch.setenv("RECOVERY_TOKEN", "secret")
    console.wait_for(wire.Hello)
    assert sum("401" in record.getMessage() for record in caplog.records) == 1
    assert "wrong" not in caplog.text


def test_a_console_that_speaks_another_version_is_left_alone(
    console: Console, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    console.welcome = lambda _hello: [wire.Welcome(protocol=9, clock=console.clock())]
    client = connect(console)
    _until(lambda: client.link.error != "" and client.link.state == "waiting")
    assert client.link.error == "the console says protocol: it speaks version 9 of the protocol"
    assert "refused by" in caplog.text


def test_bye_revoked_is_as_good_as_401(console: Console, connect: Connect) -> None:
    client = connect(console)
    console.wait_for(wire.Declare)
    console.say(wire.Bye(reason="revoked"))
    _until(lambda: client.status().state == "refused")


def test_a_console_that_reads_nothing_holds_up_nobody(console: Console, connect: Connect, name: str) -> None:
    breaker = CircuitBreaker(2, name=name)
    client = connect(console)
    console.wait_for(wire.Declare)
    console.reads = False
    console.say(wire.Watch())
    calls(breaker, failures=2)
    for _ in range(1500):
        console.connections[-1].send(wire.encode(wire.Watch())[0], text=True)
        client.reporter.inbox.offer(
            wire.Log(seq=0, at=1.0, logger="x", level=30, message="m", traceback="t" * wire.limits.TRACEBACK)
        )
    began = time.perf_counter()
    client.close(1.0)
    assert time.perf_counter() - began < 3.0
    _until(lambda: client.link.state != "linked")


HOSTILE: list[str | bytes] = [
    b"\x00\xff binary",
    "{",
    '{"kind": "directive", "id": 7}',
    "[" * 50_000,
    '{"kind": "welcome", "protocol": 1, "clock": 1, "x": ' + "[" * 50_000,
    '{"kind": "hello", "process": "you", "protocol": [1, 1], "clock": 1}',
    '{"kind": "future", "wonders": true}',
    '{"kind": "directive", "id": "d", "do": {"kind": "levitate"}}',
]


def test_hostile_frames_are_counted_and_change_nothing(console: Console, connect: Connect, name: str) -> None:
    breaker = CircuitBreaker(2, name=name)
    client = connect(console)
    console.wait_for(wire.Declare)
    for frame in HOSTILE:
        console.say_raw(frame)
    applied = console.wait(lambda: [each for each in console.of(wire.Applied) if each.id == "d"])
    assert (applied[0].outcome, applied[0].why) == ("refused", "this client does not know 'levitate'")
    calls(breaker, failures=2)
    console.wait_for_event(wire.Transition)
    assert (client.reporter.bad_frames, client.reporter.unknown) == (5, 2)
    assert len(console.hellos) == 1


def test_a_huge_frame_costs_the_link_and_no_more(console: Console, connect: Connect) -> None:
    connect(console)
    console.wait_for(wire.Declare)
    console.say_raw("x" * (wire.limits.FRAME_BYTES + 1))
    console.wait_for(wire.Hello, 2)


def test_a_thousand_breakers_are_declared_at_once(console: Console, connect: Connect, name: str) -> None:
    breakers = [CircuitBreaker(name=f"{name}.{number}") for number in range(1000)]
    connect(console)
    console.wait(lambda: len([each for each in console.declared() if each.startswith(name)]) == len(breakers))
    late = CircuitBreaker(name=f"{name}.late")
    console.wait(lambda: late.name in console.declared())


def test_names_of_10_000_characters_are_cut_and_counted(console: Console, connect: Connect, name: str) -> None:
    long = [CircuitBreaker(1, name=name + "<b>" * 3_000 + str(number)) for number in range(2)]
    client = connect(console)
    console.wait(lambda: sum(each.startswith(name) for each in console.declared()) == 2)
    calls(long[0], failures=1)
    event = console.wait_for_event(wire.Transition)
    assert event.breaker in console.declared()
    assert max(map(len, console.declared())) <= wire.limits.NAME
    client.close()
    assert client.reporter.health().cut_names == 2
    healths = [part.client for parts in console.slots.values() for part in parts]
    assert [health.cut_names for health in healths if health is not None][-1] == 2


def test_a_clock_ten_minutes_off_ends_holds_in_console_time(connect: Connect, name: str) -> None:
    console = Console(ahead=600.0)
    breaker = CircuitBreaker(name=name)
    hold = wire.Hold(breaker=name, kind="trip", reason="maintenance", actor="anna", until=console.clock() + 60)
    console.desired = wire.Desired(revision=4, holds=(hold,))
    client = connect(console.start())
    console.wait(lambda: breaker.state == "FORCED-OPEN" and console.of(wire.Applied))
    held = breaker.snapshot().hold
    assert held is not None
    assert held.until is not None
    assert 50 < held.until.timestamp() - time.time() < 61
    assert client.status().offset == pytest.approx(600, abs=5)
    breaker.reset()
    console.stop()


def test_a_busy_console_is_spared(console: Console, connect: Connect, name: str) -> None:
    breaker = CircuitBreaker(100_000, name=name)
    client = connect(console)
    console.wait_for(wire.Declare)
    console.say(wire.SlowDown(seconds=3600.0, frames_per_second=0.001, events_per_second=1.0))
    _until(lambda: client.link.conversation is not None and client.link.conversation._rates._frames)
    calls(breaker, failures=40)
    _until(lambda: client.status().waiting > 3)
    assert len(console.events) <= 2


def test_each_beat_asks_for_an_answer_or_an_idle_process_would_take_its_console_for_gone(
    console: Console, connect: Connect
) -> None:
    limits = wire.Limits(beat_seconds=1.0)
    console.welcome = lambda _hello: [wire.Welcome(protocol=1, clock=console.clock(), limits=limits)]
    connect(console)
    for number in (1, 2):  # the console answers a beat that is itself no answer
        assert console.wait_for(wire.Beat, number).echo == 0
        console.say(wire.Beat(clock=console.clock(), echo=1.0))


def test_plain_http_answers_after_failed_upgrades_are_tried_by_post(console: Console, connect: Connect) -> None:
    console.status = HTTPStatus.BAD_GATEWAY
    client = connect(console)
    console.wait(lambda: console.upgrades >= 2)
    _until(lambda: client.link.failures >= 3)  # a POST to a WebSocket server fails too: back to the WebSocket
    console.status = None
    console.wait_for(wire.Hello)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of Python 3.12: threads and fork, which is the point
def test_a_forked_child_has_a_link_and_counts_of_its_own(
    console: Console, name: str, monkeypatch: pytest.MonkeyPatch, connect: Connect
) -> None:
    breaker = CircuitBreaker(1000, name=name)
    client = connect(console)
    monkeypatch.setattr("recovery.client.client._current", client)
    console.wait_for(wire.Declare)
    calls(breaker, failures=3, successes=5)
    console.wait_for_event(wire.Error, 3)
    child = os.fork()
    if not child:
        _in_the_child(client, breaker)
    assert os.waitpid(child, 0)[1] == 0
    parent_process, (other,) = client.process, {hello.process for hello in console.hellos} - {client.process}
    (part,) = [part for (process, _), parts in console.slots.items() if process == other for part in parts]
    (mine,) = [each for each in part.breakers if each.name == name]
    assert (mine.successes, mine.failures) == (2, 1)
    assert [(number, what) for number, _, what in mine.tape] == [(1, 1)]
    assert client.status().state == "linked"  # the child has not touched the parent's socket
    assert client.process == parent_process
    client.close()


def _in_the_child(client: Client, breaker: CircuitBreaker) -> None:
    code = 1
    try:
        calls(breaker, failures=1, successes=2)
        _until(lambda: client.status().state == "linked")
        client.close(5.0)
        code = 0
    finally:
        os._exit(code)


def _until(what: Any, patience: float = 30.0) -> None:
    """Wait for something that nobody announces."""
    deadline = time.monotonic() + patience
    pause = threading.Event()
    while not what():
        assert time.monotonic() < deadline, "it never came"
        pause.wait(0.01)
