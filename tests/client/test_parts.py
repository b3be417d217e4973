"""The small parts on their own."""

from __future__ import annotations

import logging
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from recovery import wire
from recovery.client.backoff import Backoff
from recovery.client.config import link_url, options
from recovery.client.dialling import Dialling
from recovery.client.failures import BURST, FINGERPRINTS, Failures, told
from recovery.client.fingerprint import fingerprint, frames_of, normalised
from recovery.client.inbox import Inbox
from recovery.client.logs import LogHandler
from recovery.client.rates import Rates
from recovery.client.state_file import StateFile
from recovery.client.texts import Names, clean
from recovery.client.timeline import Timeline
from recovery.engine import BreakerConfig, CircuitBreaker, ErrorSeverity, RetryConfig, sampling
from recovery.engine.context import ErrorContext
from recovery.engine.operation import Operation
from recovery.engine.reports import make_report
from recovery.testing import FakeClock
from recovery.wire import limits
from tests.client.fleet import Desk, calls, kept, said


def _report(message: str = "order 17 failed", **context: Any) -> Any:
    try:
        raise ValueError(message)
    except ValueError as error:
        return make_report(error, ErrorSeverity.HIGH, ErrorContext("charge", context))


# -- fingerprints and errors -----------------------------------------------------------------------------------------


def test_errors_that_differ_in_numbers_only_are_the_same() -> None:
    assert fingerprint(_report("order 17 of 'anna' failed")) == fingerprint(_report("order 18 of 'bob' failed"))
    assert fingerprint(_report("order failed")) != fingerprint(_report("payment failed"))
    assert normalised("at 0x7f12 id 9f86d081884c7d659a2feaa0c55ad015 took 1.5 s") == "at # id # took # s"


def test_own_frames_count_and_libraries_do_not() -> None:
    trace = (
        'Traceback (most recent call last):\n  File "/srv/shop/orders/pay.py", line 12, in pay\n    x()\n'
        '  File "/usr/lib/python3.11/site-packages/lib/core.py", line 3, in send\n    y()\nValueError: no\n'
    )
    assert frames_of(trace) == ["orders/pay.py:pay"]
    assert frames_of(trace.replace("line 12", "line 99")) == frames_of(trace)
    assert frames_of(None) == []


def test_a_storm_is_sampled_and_counted() -> None:
    clock = FakeClock()
    inbox = Inbox()
    failures = Failures(Timeline(clock), inbox)
    for _ in range(1_000):
        failures(_report())
    assert len(inbox.take()) == BURST
    (count,) = failures.take()
    assert (count.count, count.exception_type, count.operation) == (1_000 - BURST, "ValueError", "charge")
    assert failures.take() == []
    clock.advance(10)
    failures(_report())
    assert len(inbox.take()) == 1


def test_more_kinds_than_can_be_kept_apart_are_counted_together() -> None:
    clock = FakeClock()
    failures = Failures(Timeline(clock), Inbox())
    for number in range(FINGERPRINTS + 50):
        failures.count(wire.ErrorCount(seq=0, at=1.0, first=1.0, count=1, fingerprint=f"{number:x}"))
    counts = failures.take(FINGERPRINTS * 2)
    assert sum(count.count for count in counts) == FINGERPRINTS + 50
    assert {count.fingerprint: count.count for count in counts}[""] == 50


def test_monstrous_contexts_fit_the_wire() -> None:
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"x": deep}
    for context in (
        {"big": "x" * 100_000},
        {"many": {str(n): n for n in range(5_000)}},
        deep,
        {"nul": "\0", "n": 10**40},
    ):
        error = told(_report(**context), 1.0)
        assert wire.encode(wire.Events(events=(error,)))
    assert wire.encode(wire.Events(events=(told(_report("lone \ud800 and \0"), 1.0),)))


# -- time ------------------------------------------------------------------------------------------------------------


class _Wall(FakeClock):
    """A clock whose wall steps."""

    step = 0.0

    def now(self) -> Any:
        return super().now() + timedelta(seconds=self.step)


def test_the_timeline_does_not_step_with_the_wall() -> None:
    clock = _Wall()
    timeline = Timeline(clock)
    began = timeline.now()
    clock.advance(5)
    clock.step = -600
    assert timeline.now() - began == 5
    assert timeline.of(clock.now() - timedelta(seconds=2)) == pytest.approx(began + 3)


def test_the_consoles_clock_is_taken_from_the_middle_of_the_answer() -> None:
    clock = FakeClock()
    timeline = Timeline(clock)
    asked = timeline.now()
    clock.advance(2)
    timeline.heard(asked + 1 + 600, asked)
    assert timeline.offset == 600
    assert timeline.until(timeline.now() + 600 + 30) == 30


def test_waits_are_full_jitter_and_bounded() -> None:
    backoff = Backoff(lambda: 1.0)
    assert [backoff.next() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    backoff.begin_anew()
    assert backoff.next() == 0.5
    assert Backoff(lambda: 0.0).next() == 0.0
    assert 15 <= Backoff(lambda: 0.0).longest() <= 30


def test_slow_down_ends_by_itself() -> None:
    rates = Rates(0.0)
    rates.slow_down(wire.SlowDown(seconds=10, frames_per_second=2, events_per_second=5), 0.0)
    assert (rates.frames(0.0), rates.events(0.0)) == (1, 5)
    rates.spend(1, 5)
    assert (rates.frames(0.0), rates.events(0.0)) == (0, 0)
    assert (rates.frames(1.0), rates.events(1.0)) == (2, 5)
    assert (rates.frames(10.0), rates.events(10.0)) == (16, 1000)


# -- texts, options, files --------------------------------------------------------------------------------------------


def test_long_names_stay_apart_and_are_counted_once() -> None:
    names = Names()
    long = ["n" * 10_000, "n" * 9_999]
    cut = [names.of(name) for name in long for _ in range(3)]
    assert len(set(cut)) == 2
    assert max(map(len, cut)) <= limits.NAME
    assert (names.cut, names.of("short")) == (2, "short")
    assert clean("a\0b\ud800c", 10) == "a␀b?c"


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://c.example", "wss://c.example/link/v1"),
        ("http://c.example:8000/", "ws://c.example:8000/link/v1"),
        ("wss://c.example/console", "wss://c.example/console/link/v1"),
        ("ws://c.example/link/v1", "ws://c.example/link/v1"),
    ],
)
def test_urls_are_taken_as_people_write_them(given: str, url: str) -> None:
    assert link_url(given) == url


def _options(url: str | None = "http://c", token: str | None = "t", **given: Any) -> Any:
    wanted: dict[str, Any] = dict.fromkeys(("service_version", "state_file", "labels", "logs", "restart", "checks"))
    return options(url, token, **(wanted | {"restore": False, "transport": "auto"} | given))


@pytest.mark.parametrize(
    "given",
    [
        {"url": "c.example"},
        {"url": "ftp://c.example"},
        {"url": "http://user:pass@c.example"},
        {"token": " "},
        {"token": "a\nb"},
        {"transport": "pigeon"},
        {"logs": "LOUD"},
        {"logs": -1},
        {"checks": {"x": 1}},
        {"labels": {str(n): "" for n in range(65)}},
    ],
)
def test_options_that_make_no_sense_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        _options(**given)


def test_the_environment_fills_in_what_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RECOVERY_URL", "RECOVERY_TOKEN", "RECOVERY_VERSION"):
        monkeypatch.delenv(name, raising=False)
    assert _options(url=None, token=None) is None
    monkeypatch.setenv("RECOVERY_URL", "https://c.example")
    monkeypatch.setenv("RECOVERY_TOKEN", "secret")
    monkeypatch.setenv("RECOVERY_VERSION", "7")
    made = _options(url=None, token=None)
    assert (made.url, made.current_token(), made.service_version) == ("wss://c.example/link/v1", "secret", "7")
    assert "secret" not in repr(_options(token="secret"))


def test_the_desired_state_on_disk_is_whole_private_and_believed_only_if_it_fits(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    file = StateFile(path, "ws://c")
    assert file.load() is None
    desired = wire.Desired(revision=3, holds=(wire.Hold(breaker="b", kind="trip", until=5.0),))
    file.save(desired, 600.0)
    saved = StateFile(path, "ws://c").load()
    assert saved is not None
    assert (saved.desired, saved.offset) == (desired, 600.0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    assert StateFile(path, "ws://other").load() is None
    path.write_text('{"desired": {"revision": "x"}}')
    assert file.load() is None


def test_a_state_file_that_cannot_be_written_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = StateFile(tmp_path / "missing" / "state.json", "ws://c")
    for revision in range(3):
        file.save(wire.Desired(revision=revision), 0.0)
    assert len(caplog.records) == 1


def test_an_attempt_given_up_closes_what_it_opens() -> None:
    import threading

    class Opened:
        closed = threading.Event()

        def close(self) -> None:
            self.closed.set()

    go = threading.Event()
    dialling = Dialling(lambda: go.wait(5) and Opened(), threading.Event())  # type: ignore[arg-type, return-value]
    dialling.give_up()
    go.set()
    assert Opened.closed.wait(5)


# -- logs ------------------------------------------------------------------------------------------------------------


def test_log_records_are_scrubbed_bounded_and_never_those_about_the_link() -> None:
    inbox = Inbox()
    handler = LogHandler(Timeline(FakeClock()), inbox, logging.INFO)
    log = logging.getLogger("recovery.test.shop")
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    log.debug("quiet")
    log.warning("password=hunter2 %s", "x" * 10_000, extra={"order": 17, "deep": {"a": [1]}})
    try:
        raise ValueError("no")
    except ValueError:
        log.exception("it broke")
    for name in ("recovery.client", "websockets.client"):
        handler.handle(logging.LogRecord(name, logging.ERROR, "f.py", 1, "about the link", (), None))
    first, second = inbox.take()
    assert isinstance(first, wire.Log)
    assert isinstance(second, wire.Log)
    assert "hunter2" not in first.message
    assert len(first.message) <= limits.TEXT
    assert first.fields["order"] == 17
    assert "ValueError: no" in (second.traceback or "")
    assert wire.encode(wire.Events(events=(first, second)))


def test_one_logger_can_be_followed_more_closely() -> None:
    inbox = Inbox()
    handler = LogHandler(Timeline(FakeClock()), inbox, logging.WARNING)
    handler.follow("recovery.test.shop", logging.DEBUG)
    for name in ("shop.orders", "other"):
        log = logging.getLogger(f"recovery.test.{name}")
        log.addHandler(handler)
        log.setLevel(logging.DEBUG)
        log.debug("hello")
    assert [event.logger for event in inbox.take() if isinstance(event, wire.Log)] == ["recovery.test.shop.orders"]


# -- sampling --------------------------------------------------------------------------------------------------------


def test_totals_survive_breakers_that_come_and_go(desk: Desk, name: str) -> None:
    for _ in range(3):
        breaker = CircuitBreaker(100, name=name, clock=desk.clock)
        desk.second()
        calls(breaker, failures=1, successes=2)
        desk.second()
        del breaker
    talk = desk.talk()
    desk.link(talk)
    desk.second(10.0)
    _, slices = kept(talk)
    part = slices[-1].breakers[0]
    assert (part.name, part.successes, part.failures) == (name, 6, 3)


def test_twins_are_one_row_summed_and_flagged(desk: Desk, name: str) -> None:
    twins = [CircuitBreaker(100, name=name, clock=desk.clock) for _ in range(2)]
    talk = desk.talk()
    desk.second()
    (declared,) = [each for m in desk.welcome(talk) if isinstance(m, wire.Declare) for each in m.breakers]
    assert declared.twins == 2
    for twin in twins:
        calls(twin, failures=1)
    desk.second(10.0)
    _, slices = kept(talk)
    part = slices[-1].breakers[0]
    assert (part.failures, part.tape, part.cut, part.lost) == (2, (), True, 2)


def test_the_tape_has_the_order_and_the_time_of_failures(desk: Desk, name: str) -> None:
    breaker = CircuitBreaker(100, name=name, clock=desk.clock)
    desk.second(10.0 - desk.reporter.timeline.now() % 10)
    start = desk.reporter.timeline.now()
    calls(breaker, successes=3, failures=0)
    desk.second(1.5)
    calls(breaker, failures=1)
    desk.second(2.0)
    calls(breaker, successes=1)
    calls(breaker, failures=1)
    desk.second(6.5)
    talk = desk.talk()
    desk.link(talk)
    _, slices = kept(talk)
    assert slices[-1].start == start
    assert slices[-1].breakers[0].tape == ((4, 1500, 1), (6, 3500, 1))


def test_operations_are_summed_too(desk: Desk, name: str) -> None:
    operation = Operation(name, config=RetryConfig())
    operation.firsts, operation.troubled, operation.recovered = 10, 2, 1
    desk.second(10.0)
    talk = desk.talk()
    desk.link(talk)
    _, slices = kept(talk)
    (part,) = slices[-1].operations
    assert (part.name, part.calls) == (name, 12)
    assert part.attempts == sampling.operation_counts_of(operation)[0][1]


def test_idle_slots_are_not_sent_but_the_client_tells_of_itself_each_minute(desk: Desk) -> None:
    talk = desk.talk()
    desk.link(talk)
    for _ in range(12):
        desk.second(10.0)
    _, slices = kept(talk)
    assert len(slices) == 2
    assert all(part.client is not None and not part.breakers for part in slices)


def test_pulses_come_while_somebody_watches(desk: Desk, name: str) -> None:
    breaker = CircuitBreaker(2, 30, name=name, clock=desk.clock)
    talk = desk.talk()
    desk.second()
    desk.welcome(talk)
    talk.obey(wire.Watch(seconds=3.0, breakers=(name, "nobody")))
    desk.second()
    said(talk)
    calls(breaker, failures=2)
    calls(breaker, successes=2)  # refused: it is open
    desk.second()
    (pulse,) = [m for m in said(talk) if isinstance(m, wire.Pulse)]
    (mine,) = pulse.breakers
    assert (mine.state, mine.calls, mine.failures, mine.refused) == ("OPEN", 4.0, 2.0, 2.0)
    assert mine.retry_after == pytest.approx(29.0)
    desk.second()
    desk.second()
    assert not [m for m in said(talk) if isinstance(m, wire.Pulse)]


def test_what_the_wire_cannot_say_is_left_out_and_counted(desk: Desk, name: str) -> None:
    odd = CircuitBreaker(name=f"{name}.odd", config=BreakerConfig(minimum_calls=10**30))
    fine = CircuitBreaker(name=f"{name}.fine")
    desk.second()
    told = [each.name for m in desk.welcome(desk.talk()) if isinstance(m, wire.Declare) for each in m.breakers]
    assert told == [fine.name]
    assert desk.reporter.outbox.dropped["undeclared"] == 1
    assert odd.state == "CLOSED"


def test_the_end_of_a_declared_hold_is_on_the_consoles_clock(desk: Desk, name: str) -> None:
    desk.ahead = 600.0
    breaker = CircuitBreaker(name=name, clock=desk.clock)
    breaker.trip(60)
    desk.second()
    (declared,) = [each for m in desk.welcome(desk.talk()) if isinstance(m, wire.Declare) for each in m.breakers]
    assert declared.hold is not None
    assert declared.hold.until == pytest.approx(desk.console_now() + 59)
