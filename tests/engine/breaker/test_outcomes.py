"""Success, failure or neutral: what a breaker makes of an exception or a result."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from recovery.engine import CircuitBreakerOpenError
from tests.engine.breaker.acts import DOORS, EVERY_DOOR, Boom, Guarded, fail, ok


class Odd(BaseException):
    """Not an Exception, not a cancellation."""


def outcome(breaker: Any, exc: Any) -> Any:
    """What one call that raises counts as."""
    before = breaker.snapshot().totals
    with pytest.raises(type(exc)) as caught:
        breaker.call(raising, exc)
    assert caught.value is exc
    after = breaker.snapshot().totals
    (name,) = [name for name in ("successes", "failures", "ignored") if after[name] != before[name]]
    assert after["calls"] == before["calls"] + 1
    return {"successes": "success", "failures": "failure", "ignored": "neutral"}[name]


def raising(exc: Any):
    """Raise it."""
    raise exc


NET = (ConnectionError, TimeoutError)
RULES = [
    ({}, ValueError(), "failure"),
    ({}, ExceptionGroup("g", [ValueError()]), "failure"),
    ({}, Odd(), "neutral"),
    ({}, CircuitBreakerOpenError("inner", 5.0, None), "neutral"),
    ({"record": NET}, TimeoutError(), "failure"),
    ({"record": NET}, ConnectionResetError(), "failure"),
    ({"record": NET}, ValueError(), "neutral"),
    ({"record": ConnectionError}, ConnectionError(), "failure"),
    ({"record": lambda e: "bad" in str(e)}, ValueError("bad"), "failure"),
    ({"record": lambda e: "bad" in str(e)}, ValueError("good"), "neutral"),
    ({"record": ()}, ValueError(), "neutral"),
    ({"record": BaseException}, Odd(), "failure"),
    ({"record": BaseException}, KeyboardInterrupt(), "neutral"),
    ({"record": CircuitBreakerOpenError}, CircuitBreakerOpenError("inner", 5.0, None), "failure"),
    ({"ignore": KeyError}, KeyError(), "neutral"),
    ({"ignore": KeyError}, IndexError(), "failure"),
    ({"ignore": (KeyError, IndexError)}, IndexError(), "neutral"),
    ({"ignore": lambda e: e.args == (404,)}, ValueError(404), "neutral"),
    ({"ignore": KeyError, "record": LookupError}, KeyError(), "neutral"),
    ({"ignore": KeyError, "success": KeyError}, KeyError(), "neutral"),
    ({"success": KeyError}, KeyError(), "success"),
    ({"success": KeyError, "record": LookupError}, KeyError(), "success"),
    ({"success": lambda e: e.args == (404,)}, ValueError(404), "success"),
    ({"success": LookupError, "record": ()}, KeyError(), "success"),
]


@pytest.mark.parametrize(("rules", "exc", "expected"), RULES, ids=lambda value: repr(value)[:60])
def test_the_rules(make: Any, rules: Any, exc: Any, expected: Any):
    """ignore beats success beats record; what record does not name is neutral."""
    assert outcome(make(failure_threshold=100, **rules), exc) == expected


@EVERY_DOOR
@pytest.mark.parametrize(("exc", "streak"), [(KeyError(), 1), (IndexError(), 0), (Boom(), 2)])
def test_neutral_neither_counts_nor_resets_and_success_resets(make: Any, door: Any, exc: Any, streak: Any):
    """By every door."""
    breaker = make(ignore=KeyError, success=IndexError)
    fail(breaker)
    with pytest.raises(type(exc)):
        Guarded(breaker, door)(exc)
    assert breaker.failures == streak


GROUPS = [
    ([ValueError(), KeyError()], "failure"),
    ([KeyError(), KeyError()], "neutral"),
    ([KeyError(), IndexError()], "success"),
    ([KeyError(), ExceptionGroup("inner", [IndexError(), ExceptionGroup("more", [ValueError()])])], "failure"),
    ([ExceptionGroup("inner", [KeyError()])], "neutral"),
]


@pytest.mark.parametrize(("members", "expected"), GROUPS, ids=lambda value: repr(value)[:60])
def test_a_group_counts_once_if_any_member_is_recorded(make: Any, members: Any, expected: Any):
    """However deep it sits."""
    breaker = make(ignore=KeyError, success=IndexError)
    assert outcome(breaker, ExceptionGroup("g", members)) == expected
    assert breaker.failures == (expected == "failure")


@pytest.mark.parametrize(
    "members", [[asyncio.CancelledError()], [KeyboardInterrupt(), asyncio.CancelledError()], [GeneratorExit()]]
)
def test_a_group_of_cancellations_is_neutral(make: Any, members: Any):
    """Nothing failed."""
    assert outcome(make(record=BaseException), BaseExceptionGroup("g", members)) == "neutral"


def test_a_group_with_a_cancellation_and_a_failure_failed(make: Any):
    """A task group whose one task failed and cancelled the rest."""
    group = BaseExceptionGroup("g", [asyncio.CancelledError(), ValueError()])
    assert outcome(make(), group) == "failure"


def test_a_group_can_be_recorded_by_its_own_class(make: Any):
    """``record`` names it."""
    breaker = make(record=ExceptionGroup)
    assert outcome(breaker, ExceptionGroup("g", [ValueError()])) == "failure"
    assert outcome(breaker, ValueError()) == "neutral"


ENDS = [asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit]
LOOPS = {"decorated_async", "execute", "async_block"}  # an interrupt would end the loop itself


@pytest.mark.parametrize(("door", "exc"), [(d, e) for d in DOORS for e in ENDS[: 2 if d in LOOPS else 4]])
def test_cancellation_is_neutral(make: Any, door: str, exc: Any):
    """Never counted as a failure, never as a success."""
    breaker = make()
    fail(breaker)
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - its exact type is what is looked at
        Guarded(breaker, door)(exc())
    assert caught.type is exc
    assert breaker.failures == 1
    assert breaker.snapshot().totals["ignored"] == 1


async def test_a_cancelled_task_is_neutral_and_gives_its_probe_back(make: Any):
    """Cancelled while it waits, half-open."""
    breaker = make()
    breaker.restore("OPEN", 60)
    task = asyncio.create_task(breaker.execute(asyncio.sleep, 3600))
    await asyncio.sleep(0)
    assert breaker.snapshot().half_open["in_flight"] == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert breaker.state == "HALF-OPEN"
    assert breaker.snapshot().half_open["in_flight"] == 0


@pytest.mark.parametrize("rule", ["record", "ignore", "success"])
def test_a_raising_predicate_is_logged_and_counts_as_failure(make: Any, rule: Any, caplog: pytest.LogCaptureFixture):
    """The caller still sees his own exception."""

    def broken(_exc: Any):
        raise ZeroDivisionError("in the predicate")

    with caplog.at_level(logging.ERROR, "recovery.breaker"):
        assert outcome(make(**{rule: broken}), ValueError()) == "failure"
    assert "predicate" in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("rule", ["record", "ignore", "success"])
@pytest.mark.parametrize("given", [3, "ValueError", int, (ValueError, int), [ValueError], None, ValueError()])
def test_what_is_no_rule_is_refused(make: Any, rule: Any, given: Any):
    """A TypeError that names the argument."""
    with pytest.raises(TypeError, match=f"^{rule} must be an exception class"):
        make(**{rule: given})


class TestIsFailure:
    """``is_failure(result)`` may fail a returned value."""

    @pytest.mark.parametrize("door", ["decorated", "decorated_async", "call", "execute"])
    def test_a_failed_result_is_still_returned(self, make: Any, door: Any):
        """And counts as a failure."""
        breaker = make(failure_threshold=2, is_failure=lambda result: result == 503)
        guarded = Guarded(breaker, door)
        assert guarded(200) == 200
        assert breaker.failures == 0
        assert [guarded(503), guarded(503)] == [503, 503]
        assert breaker.state == "OPEN"

    def test_the_last_failure_says_so(self, make: Any):
        """There is no exception to name."""
        breaker = make(is_failure=bool)
        breaker.call(lambda: 1)
        assert "returned value" in breaker.last_failure.text

    def test_exceptions_are_judged_by_their_own_rules(self, make: Any):
        """It is asked of results only."""
        breaker = make(is_failure=lambda _: False, ignore=KeyError)
        fail(breaker)
        fail(breaker, exc=KeyError())
        assert breaker.failures == 1

    def test_raising_it_is_logged_and_counts_as_failure(self, make: Any, caplog: pytest.LogCaptureFixture):
        """The result is returned all the same."""
        breaker = make(is_failure=lambda result: result.status)
        with caplog.at_level(logging.ERROR, "recovery.breaker"):
            assert breaker.call(lambda: 7) == 7
        assert breaker.failures == 1
        assert "is_failure" in caplog.text

    @pytest.mark.parametrize("given", [3, "503", ()])
    def test_it_must_be_callable(self, make: Any, given: Any):
        """A TypeError that names it."""
        with pytest.raises(TypeError, match="is_failure must be callable"):
            make(is_failure=given)

    def test_a_failing_probe_result_opens(self, make: Any):
        """Half-open it is a failed probe."""
        breaker = make(is_failure=lambda result: result == 503)
        breaker.restore("OPEN", 60)
        assert breaker.call(lambda: 503) == 503
        assert breaker.state == "OPEN"


def test_what_is_neutral_is_counted_as_ignored_only(make: Any):
    """Neither in the window nor in the streak."""
    breaker = make(ignore=KeyError)
    ok(breaker)
    fail(breaker, 3, KeyError())
    snapshot = breaker.snapshot()
    assert snapshot.totals["ignored"] == 3
    assert (snapshot.window["calls"], snapshot.window["failures"]) == (1, 0)
    assert snapshot.last_failure is None
