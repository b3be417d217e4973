"""Transitions and the outcome tape, read with a cursor: nothing twice, and losses are known."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.breaker.acts import fail, ok, timed

FAILED, SLOW, BOTH = 1, 2, 3


class TestTransitionsAfter:
    """The ring of 256."""

    def test_nothing_yet(self, make: Any):
        """An empty list, and where to go on from."""
        assert make().transitions_after(0) == ([], 0, 0)

    def test_each_is_read_once(self, make: Any):
        """With the cursor that came back."""
        breaker = make()
        breaker.trip()
        breaker.reset()
        first, cursor, missed = breaker.transitions_after(0)
        assert ([t.after.value for t in first], cursor, missed) == (["FORCED-OPEN", "CLOSED"], 2, 0)
        assert breaker.transitions_after(cursor) == ([], 2, 0)
        breaker.disable()
        second, cursor, missed = breaker.transitions_after(cursor)
        assert ([t.after.value for t in second], cursor, missed) == (["DISABLED"], 3, 0)

    def test_who_reads_too_late_knows_how_many_it_missed(self, make: Any):
        """The ring holds 256 of 300."""
        breaker = make()
        for _ in range(150):
            breaker.trip()
            breaker.reset()
        found, cursor, missed = breaker.transitions_after(10)
        assert (len(found), cursor, missed) == (256, 300, 34)
        assert found[0].sequence == 45

    def test_readers_do_not_disturb_each_other(self, make: Any):
        """Each has a cursor of its own."""
        breaker = make()
        breaker.trip()
        one = breaker.transitions_after(0)
        assert breaker.transitions_after(0) == one


class TestTapeAfter:
    """The call number and time of each failure and slow call."""

    def test_numbers_are_those_of_settled_calls(self, make: Any, clock: Any):
        """So that the order can be rebuilt; successes are the gaps."""
        breaker = make(failure_threshold=50)
        ok(breaker, 2)
        fail(breaker)
        ok(breaker)
        clock.advance(1)
        fail(breaker, 2)
        tape, cursor, lost = breaker.tape_after(0)
        assert [(number, what) for number, _, what in tape] == [(3, FAILED), (5, FAILED), (6, FAILED)]
        assert [at for _, at, _ in tape] == [1000 * 10**9, 1001 * 10**9, 1001 * 10**9]
        assert (cursor, lost) == (3, 0)

    def test_what_kind_they_were(self, make: Any, clock: Any):
        """Failed, slow, both."""
        breaker = make(slow_call_duration=1)
        fail(breaker)
        timed(breaker, clock, 1)
        timed(breaker, clock, 1, ValueError())
        assert [what for _, _, what in breaker.tape_after(0)[0]] == [FAILED, SLOW, BOTH]

    def test_each_is_read_once(self, make: Any):
        """With the cursor that came back."""
        breaker = make(failure_threshold=50)
        fail(breaker, 3)
        _, cursor, _ = breaker.tape_after(0)
        assert breaker.tape_after(cursor) == ([], 3, 0)
        fail(breaker, 2)
        tape, cursor, lost = breaker.tape_after(cursor)
        assert ([number for number, _, _ in tape], cursor, lost) == ([4, 5], 5, 0)

    def test_who_reads_too_late_knows_how_many_it_lost(self, make: Any):
        """512 are kept of 600."""
        breaker = make(failure_threshold=None)
        fail(breaker, 600)
        tape, cursor, lost = breaker.tape_after(0)
        assert (len(tape), cursor, lost) == (512, 600, 88)
        assert tape[0][0] == 89

    @pytest.mark.parametrize("turn", ["reset", "trip", "observe"])
    def test_numbers_go_on_through_periods(self, make: Any, turn: Any):
        """They count since the breaker was made."""
        breaker = make(failure_threshold=50)
        ok(breaker)
        fail(breaker)
        getattr(breaker, turn)()
        breaker.reset()
        ok(breaker)
        fail(breaker)
        assert [number for number, _, _ in breaker.tape_after(0)[0]] == [2, 4]

    def test_neutral_late_and_refused_calls_have_no_number(self, make: Any):
        """They are not settled successes or failures."""
        breaker = make(failure_threshold=50, ignore=KeyError)
        late = breaker.acquire()
        breaker.reset()
        late.failure()
        fail(breaker, 2, KeyError())
        fail(breaker)
        assert [number for number, _, _ in breaker.tape_after(0)[0]] == [1]
