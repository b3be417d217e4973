"""The registry: who there is, the console's override, and measuring."""

from __future__ import annotations

import gc
import logging
from itertools import count
from typing import Any

import pytest

from recovery.engine import BreakerConfig, CircuitBreaker, circuit_breaker, registry
from recovery.engine.replay import Replay
from tests.engine.breaker.acts import fail, ok

_numbers = count()


@pytest.fixture
def name() -> Any:
    """A name of its own for each test; its override is lifted in the end."""
    name = f"registry-{next(_numbers)}"
    yield name
    registry.override("breaker", name, None, 10**9)


def over(name: str, fields: Any, revision: Any = 1):
    """Override a breaker."""
    registry.override("breaker", name, fields, revision)


class TestBreakers:
    """``breakers()``."""

    def test_named_ones_are_listed(self, name: str):
        """By name; those without one are not exported."""
        first, second, unnamed = CircuitBreaker(name=f"{name}-b"), CircuitBreaker(name=f"{name}-a"), CircuitBreaker()
        found = registry.breakers()
        assert unnamed not in found
        assert found.index(second) < found.index(first)

    def test_a_decorated_function_has_one(self, name: str):
        """Its arguments are checked where they stand, and nothing of that is left over for anybody to see."""
        gc.disable()
        try:
            guarded = circuit_breaker(name=name, failure_threshold=3)(ok)
            assert [each for each in registry.breakers() if each.name == name] == [guarded.breaker]
        finally:
            gc.enable()

    def test_a_replay_is_none_of_them(self):
        """It decides like one; the process has none more for it."""
        before = len(registry._state.breakers)
        replay = Replay(BreakerConfig())
        assert (replay.state, len(registry._state.breakers)) == ("CLOSED", before)

    def test_two_may_share_a_name(self, name: str):
        """Both are there."""
        pair = [CircuitBreaker(name=name), CircuitBreaker(name=name)]
        assert [b for b in registry.breakers() if b.name == name] in (pair, pair[::-1])


class TestOverride:
    """``override(kind, name, fields, revision)``."""

    def test_it_beats_the_code_field_by_field(self, name: str):
        """Others stay as coded."""
        breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=3, recovery_timeout=7), name=name)
        over(name, {"failure_threshold": 9})
        assert (breaker.config.failure_threshold, breaker.config.recovery_timeout) == (9, 7)
        assert breaker.snapshot().config_source == "console"

    def test_it_can_switch_off_and_be_zero(self, name: str):
        """None and 0 are values."""
        breaker = CircuitBreaker(3, name=name)
        over(name, {"failure_threshold": None, "recovery_timeout": 0})
        assert (breaker.config.failure_threshold, breaker.config.recovery_timeout) == (None, 0)

    def test_the_next_one_replaces_it_altogether(self, name: str):
        """It is not added to the one before."""
        breaker = CircuitBreaker(3, 7, name=name)
        over(name, {"failure_threshold": 9}, 1)
        over(name, {"recovery_timeout": 8}, 2)
        assert (breaker.config.failure_threshold, breaker.config.recovery_timeout) == (3, 8)

    @pytest.mark.parametrize("source", ["default", "code"])
    def test_lifting_gives_back_the_code(self, name: str, source: Any):
        """And says where the values come from."""
        breaker = CircuitBreaker(name=name) if source == "default" else CircuitBreaker(4, name=name)
        before = breaker.config
        over(name, {"failure_threshold": 9}, 1)
        over(name, None, 2)
        assert (breaker.config, breaker.snapshot().config_source) == (before, source)

    def test_all_of_that_name_take_it(self, name: str):
        """And no other."""
        pair, other = [CircuitBreaker(name=name) for _ in range(2)], CircuitBreaker(name=f"{name}-other")
        over(name, {"failure_threshold": 9})
        assert [b.config.failure_threshold for b in (*pair, other)] == [9, 9, 5]

    def test_what_is_born_later_takes_it_at_birth(self, name: str):
        """Before its first call."""
        over(name, {"failure_threshold": 1})
        breaker = CircuitBreaker(name=name)
        fail(breaker)
        assert breaker.state == "OPEN"

    def test_what_is_born_after_it_was_lifted_does_not(self, name: str):
        """It is gone."""
        over(name, {"failure_threshold": 1}, 1)
        over(name, None, 2)
        assert CircuitBreaker(name=name).config.failure_threshold == 5

    @pytest.mark.parametrize(
        "fields",
        [
            {"failure_threshold": 0},
            {"no_such": 1},
            {"locked": True},
            {"failure_rate": 101, "recovery_timeout": 5},
            {"recovery_timeout": float("nan")},
        ],
    )
    @pytest.mark.parametrize("born", [True, False])
    def test_bad_fields_are_refused_and_change_nothing(self, name: str, fields: Any, born: Any):
        """Whether somebody has that name yet or not."""
        breaker = CircuitBreaker(3, name=name) if born else None
        with pytest.raises(ValueError, match=r"failure_|no_such|locked|recovery_timeout"):
            over(name, fields)
        breaker = breaker or CircuitBreaker(3, name=name)
        assert (breaker.config.failure_threshold, breaker.snapshot().config_source) == (3, "code")

    def test_a_locked_one_refuses(self, name: str):
        """The ValueError says so."""
        breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=3, locked=True), name=name)
        with pytest.raises(ValueError, match="locked in code"):
            over(name, {"failure_threshold": 9})
        assert breaker.config.failure_threshold == 3

    def test_one_locked_among_several_refuses_for_all(self, name: str):
        """All or none."""
        free = CircuitBreaker(3, name=name)
        locked = CircuitBreaker(config=BreakerConfig(locked=True), name=name)
        with pytest.raises(ValueError, match="locked"):
            over(name, {"failure_threshold": 9})
        assert (free.config.failure_threshold, locked.config.failure_threshold) == (3, 5)

    def test_a_locked_one_born_later_keeps_its_own_and_says_so(self, name: str, caplog: pytest.LogCaptureFixture):
        """In the log; nothing is raised into its construction."""
        over(name, {"failure_threshold": 9})
        with caplog.at_level(logging.WARNING, "recovery.registry"):
            breaker = CircuitBreaker(config=BreakerConfig(locked=True), name=name)
        assert breaker.config.failure_threshold == 5
        assert "keeps its own configuration" in caplog.text

    def test_a_stale_revision_is_refused(self, name: str):
        """Older than the one in force; the same again is fine."""
        breaker = CircuitBreaker(name=name)
        over(name, {"failure_threshold": 9}, 5)
        over(name, {"failure_threshold": 9}, 5)
        with pytest.raises(ValueError, match="revision must be >= 5"):
            over(name, {"failure_threshold": 7}, 4)
        with pytest.raises(ValueError, match="revision must be >= 5"):
            over(name, None, 4)
        assert breaker.config.failure_threshold == 9

    @pytest.mark.parametrize("revision", [-1, 1.5, "1", None, True])
    def test_a_revision_is_a_whole_number(self, name: str, revision: Any):
        """A ValueError that names it."""
        with pytest.raises(ValueError, match="revision must be a whole number >= 0"):
            over(name, {}, revision)

    def test_an_unknown_kind_is_refused(self, name: str):
        """Breaker or operation."""
        for fields in ({}, None):
            with pytest.raises(ValueError, match="kind must be"):
                registry.override("bulkhead", name, fields, 1)

    def test_state_streak_and_window_stay(self, name: str):
        """As with configure."""
        breaker = CircuitBreaker(5, name=name)
        ok(breaker)
        fail(breaker, 3)
        over(name, {"failure_threshold": 4})
        assert (breaker.state, breaker.failures, breaker.snapshot().window["calls"]) == ("CLOSED", 3, 4)
        fail(breaker)
        assert breaker.state == "OPEN"

    def test_fields_that_fit_only_later_code_wait_for_it(self, name: str):
        """Nobody has the name yet: each field is looked at by itself."""
        registry.override("operation", name, {"max_delay": 0.5}, 1)
        registry.override("operation", name, None, 2)


class TestConfigureUnderAnOverride:
    """The code says something new while the console says something."""

    def test_the_consoles_fields_stay_over_it(self, name: str):
        """The others are the new code's."""
        breaker = CircuitBreaker(3, 7, name=name)
        over(name, {"failure_threshold": 9})
        breaker.configure(BreakerConfig(failure_threshold=2, recovery_timeout=8))
        assert (breaker.config.failure_threshold, breaker.config.recovery_timeout) == (9, 8)
        over(name, None, 2)
        assert breaker.config == BreakerConfig(failure_threshold=2, recovery_timeout=8)

    def test_locking_lifts_it(self, name: str, caplog: pytest.LogCaptureFixture):
        """``locked=True`` in code forbids it from now on."""
        breaker = CircuitBreaker(3, name=name)
        over(name, {"failure_threshold": 9})
        breaker.configure(BreakerConfig(failure_threshold=2, locked=True))
        assert (breaker.config.failure_threshold, breaker.snapshot().config_source) == (2, "code")
        assert "keeps its own configuration" in caplog.text

    def test_a_window_that_stays_the_consoles_is_kept(self, name: str):
        """It is not emptied on the way."""
        breaker = CircuitBreaker(50, name=name)
        over(name, {"window_size": 20})
        fail(breaker, 3)
        breaker.configure(BreakerConfig(failure_threshold=40))
        assert breaker.snapshot().window["failures"] == 3


class TestMeasure:
    """``measure(on)``."""

    @pytest.fixture(autouse=True)
    def _off_again(self) -> Any:
        yield
        registry.measure(False)

    def test_existing_breakers_measure_from_now_on(self):
        """Functions decorated before, too; counts and window stay."""
        breaker = CircuitBreaker()
        work = breaker(lambda: None)
        work()
        fail(breaker)
        assert breaker.snapshot().latency is None
        registry.measure(True)
        work()
        told = breaker.snapshot()
        assert sum(told.latency["counts"]) == 1
        assert told.percentiles["p50"] > 0
        assert (told.totals["successes"], told.totals["failures"], told.window["calls"]) == (2, 1, 3)
        registry.measure(False)
        work()
        told = breaker.snapshot()
        assert (told.latency, told.totals["successes"]) == (None, 3)

    def test_so_do_those_born_later(self):
        """Also half-open and after."""
        registry.measure(True)
        breaker = CircuitBreaker()
        breaker.restore("OPEN", 60)
        ok(breaker, 2)
        assert sum(breaker.snapshot().latency["counts"]) == 2

    def test_it_makes_no_event_and_keeps_the_streak(self):
        """It is no transition."""
        breaker = CircuitBreaker(3)
        fail(breaker, 2)
        registry.measure(True)
        assert (breaker.failures, breaker.snapshot().sequence) == (2, 0)
        fail(breaker)
        assert breaker.state == "OPEN"

    def test_breakers_that_need_durations_measure_anyway(self):
        """Off means only: not because of this."""
        breaker = CircuitBreaker(config=BreakerConfig(slow_call_duration=1))
        registry.measure(False)
        ok(breaker)
        assert sum(breaker.snapshot().latency["counts"]) == 1
