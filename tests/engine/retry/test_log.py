"""recovery.retry: each retry at INFO, giving up at WARNING, structured; nothing formatted when nobody listens."""

from __future__ import annotations

import logging

import pytest

from recovery.engine.retry import retry
from recovery.engine.types import RetryConfig
from recovery.testing import FakeClock
from tests.engine.retry.helpers import NO_WAIT, Flaky, failing

CONFIG = RetryConfig(max_attempts=3, base_delay=0.5, jitter=False)


def test_retries_at_info_with_attempt_delay_and_error(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "recovery.retry"):
        retry(config=CONFIG, clock=FakeClock(), name="fetch", service_name="svc")(failing(2).function())()
    assert [(record.levelname, record.name) for record in caplog.records] == [("INFO", "recovery.retry")] * 2
    assert caplog.messages[0] == "fetch: attempt 1 of 3 failed (ConnectionError: no 0), next one in 0.5 s"
    facts = {
        key: vars(caplog.records[1])[key]
        for key in ("operation", "service_name", "attempt", "max_attempts", "delay", "error")
    }
    assert facts == {
        "operation": "fetch",
        "service_name": "svc",
        "attempt": 2,
        "max_attempts": 3,
        "delay": 1.0,
        "error": "ConnectionError: no 1",
    }


def test_giving_up_at_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "recovery.retry"), pytest.raises(ConnectionError):
        retry(config=NO_WAIT, name="fetch")(failing(9).function())()
    (record,) = caplog.records
    assert (record.levelname, record.attempt, record.why) == ("WARNING", 3, "3 of 3 attempts made")  # type: ignore[attr-defined]


def test_success_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        retry(lambda: 1)()
    assert [record for record in caplog.records if record.name.startswith("recovery")] == []


def test_secrets_do_not_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    error = ConnectionError("GET https://bob:hunter2@example.org/?token=abcdef123456 failed")
    with caplog.at_level(logging.INFO, "recovery.retry"):
        retry(config=NO_WAIT)(Flaky(error).function())()
    assert "hunter2" not in caplog.text


def test_a_text_that_cannot_be_read_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Mute(ConnectionError):
        def __str__(self) -> str:
            raise AssertionError("no text")

    with caplog.at_level(logging.INFO, "recovery.retry"), pytest.raises(Mute):
        retry(config=NO_WAIT, on=Mute, name="fetch")(Flaky(Mute(), Mute(), Mute()).function())()
    assert caplog.messages[-1] == "fetch: gave up at attempt 3 of 3 (Mute): 3 of 3 attempts made"


def test_a_long_text_of_many_lines_makes_one_bounded_line(caplog: pytest.LogCaptureFixture) -> None:
    error = ConnectionError("first\nsecond " + "x" * 100_000)
    with caplog.at_level(logging.INFO, "recovery.retry"):
        retry(config=NO_WAIT)(Flaky(error).function())()
    (message,) = caplog.messages
    assert "(ConnectionError: first second xxx" in message
    assert "\n" not in message
    assert len(message) < 1_000


def test_nothing_is_formatted_when_nobody_listens() -> None:
    class Loud(ConnectionError):
        def __str__(self) -> str:
            raise AssertionError("formatted")

    logger = logging.getLogger("recovery.retry")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        flaky = Flaky(Loud(), Loud(), Loud())
        with pytest.raises(Loud):
            retry(config=NO_WAIT, on=Loud)(flaky.function())()
    finally:
        logger.setLevel(level)
    assert flaky.calls == 3
