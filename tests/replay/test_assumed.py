"""What a recording does not tell is assumed in one stated way, with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recovery import moment
from recovery.engine import BreakerConfig
from recovery.models import Process
from recovery.queries.policies.which import by_name
from recovery.queries.replay import compare
from recovery.queries.replay.figures import Replayed
from recovery.testing import FakeClock
from tests.replay.kept import keep
from tests.replay.recorded import Life

STREAK = BreakerConfig(failure_threshold=3, recovery_timeout=8)
BUSY: dict[str, Any] = {"seed": 5, "name": "fetch"}
Turn = Callable[[Life, float], None]


def _at(second: float, act: str, **more: Any) -> Turn:
    """Do it once, when that second has come."""
    done: list[float] = []

    def turn(life: Life, now: float) -> None:
        if now >= second and not done:
            done.append(now)
            getattr(life.breaker, act)(**more)

    return turn


def _both(*turns: Turn) -> Turn:
    def turn(life: Life, now: float) -> None:
        for each in turns:
            each(life, now)

    return turn


def _replayed(life: Life, *, hours: int = 1, after: float = 20, **fields: object) -> Replayed:
    """As the page asks for it, a moment after the life."""
    clock = FakeClock()
    clock.advance(life.over + after)
    with moment.using(clock):
        compare.forget()
        target = by_name("download", "production", "breaker", life.name)
        assert target is not None
        return compare.replayed(target, {**life.config.as_dict(), **fields} if fields else None, hours)


def _said(replayed: Replayed, words: str) -> str:
    found = [text for text in replayed.assumed if words in text]
    assert len(found) == 1, replayed.assumed
    return found[0]


pytestmark = pytest.mark.django_db


def test_calls_refused_by_an_operator_are_in_neither_column() -> None:
    turn = _both(_at(100, "trip", reason="maintenance"), _at(200, "release"))
    life = Life(STREAK, **BUSY, rate=5, turn=turn).live(400)
    keep(life)
    replayed, story = _replayed(life), life.story()
    assert story.held > 300
    assert f"the {story.held} calls refused by it were in neither column" in _said(replayed, "held it open")
    assert replayed.recorded.refused == replayed.present.refused + story.held
    assert [len(life.openings()), len(life.reopenings())] == [replayed.present.openings, replayed.present.reopenings]


@pytest.mark.parametrize("act", ["reset", "probe"])
def test_acts_are_repeated_and_the_openings_stay_those_that_were(act: str) -> None:
    acts = list(range(20, 380, 7))

    def turn(life: Life, now: float) -> None:
        if acts and now >= acts[0]:
            acts.pop(0)
            if act == "reset" or life.breaker.state == "OPEN":
                getattr(life.breaker, act)(actor="ana")

    life = Life(STREAK, **BUSY, rate=5, turn=turn).live(400)
    keep(life)
    replayed = _replayed(life)
    assert "repeated in both" in _said(replayed, "of operators or health checks")
    assert [len(life.openings()), len(life.reopenings())] == [replayed.present.openings, replayed.present.reopenings]


def test_only_counting_shows_what_the_settings_would_have_done() -> None:
    life = Life(STREAK, **BUSY, rate=5, turn=_at(10, "observe", reason="learning")).live(400)
    keep(life)
    replayed = _replayed(life)
    assert replayed.recorded.openings == 0
    assert replayed.present.openings > 0
    assert "shown is what the settings would have done" in _said(replayed, "METRICS-ONLY")
    assert f"open it {replayed.present.openings} times; recorded were 0." in replayed.assumed[0]


def test_while_it_was_disabled_nothing_was_recorded() -> None:
    life = Life(STREAK, **BUSY, rate=5, turn=_both(_at(100, "disable"), _at(300, "release"))).live(400)
    keep(life)
    replayed = _replayed(life)
    assert "disabled for 3 min 20 s" in _said(replayed, "disabled")
    assert replayed.present.openings == len(life.openings())
    assert not any("take the figures with care" in text for text in replayed.assumed)


def test_what_did_not_fit_on_the_tape_is_counted_and_spread() -> None:
    config = BreakerConfig(failure_threshold=None, recovery_timeout=5)
    life = Life(config, **BUSY, rate=300, mood_seconds=15).live(90)
    keep(life)
    lost = sum(slot.lost for slot in life.tape().slots)
    assert lost > 500
    replayed = _replayed(life, failure_threshold=4)
    assert f"{lost:,} failures or slow calls" in _said(replayed, "did not fit on the tape")
    assert replayed.present.reached == replayed.recorded.failures
    assert replayed.proposed.openings > 0


def test_refused_calls_end_as_the_nearest_known_one() -> None:
    life = Life(STREAK, **BUSY, rate=5).live(400)
    keep(life)
    story = life.story()
    assert story.taken_as_failed > story.taken_as_fine > 0
    said = _said(_replayed(life, failure_threshold=9), "refused in reality")
    assert f"So {story.taken_as_failed:,} count as failing and {story.taken_as_fine:,} as succeeding" in said


def test_each_process_begins_closed_and_is_replayed_by_itself() -> None:
    lives = [Life(STREAK, seed=seed, name="fetch", rate=5).live(400) for seed in (1, 2, 3)]
    for life in lives:
        keep(life, host=f"web-{life.seed}")
    Process.objects.filter(host="web-1").update(left_at=lives[0].clock.now())
    replayed = _replayed(lives[0], after=60)
    newest_first = [len(life.openings()) for life in reversed(lives)]
    assert [each.present.openings for each in replayed.processes] == newest_first
    assert replayed.present.openings == sum(len(life.openings()) for life in lives)
    assert "3 began, closed and with an empty window, and 1 ended" in _said(replayed, "by itself")
