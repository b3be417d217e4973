"""Two days of a busy breaker: what telling them costs, counted in steps; the seconds are printed, not judged."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

import pytest

from recovery import wire
from recovery.engine import BreakerConfig
from recovery.engine.period import Period
from recovery.engine.replay import Replay
from recovery.ingest.packing import pack, part_of
from recovery.queries.replay.order import ordered
from recovery.queries.replay.run import run
from recovery.queries.replay.stays import Stays
from recovery.queries.replay.tape import Tape, Totals

BEGIN = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) * 1000
CALLS, FAILING = 500, 0.02  # of a slot: 50 a second, 2 % fail
CONFIGS = {
    "streak": BreakerConfig(),
    "count window": BreakerConfig(failure_rate=50, window_size=100),
    "time window": BreakerConfig(failure_rate=50, window="time", window_size=60),
}


def _blobs(slots: int, seed: int) -> list[bytes]:
    """Slices of a process with twenty breakers, of which one is asked for."""
    draw, made, number, failures = random.Random(seed), [], 0, 0
    others = tuple(wire.BreakerSlice(name=f"other-{n}", state="CLOSED", successes=n) for n in range(19))
    for slot in range(slots):
        tape = tuple((number + n, n * 10_000 // CALLS, 1) for n in range(1, CALLS + 1) if draw.random() < FAILING)
        number, failures = number + CALLS, failures + len(tape)
        mine = wire.BreakerSlice(name="busy", state="CLOSED", successes=number - failures, failures=failures, tape=tape)
        start = BEGIN / 1000 + slot * 10
        made.append(pack(wire.Slice(slot=int(start // 10), start=start, breakers=(*others, mine))))
    return made


def _tape(blobs: list[bytes]) -> Tape:
    tape = Tape(totals=Totals())
    for blob in blobs:
        found = part_of(blob, "busy")
        assert found is not None
        start, seconds, part = found
        tape.add(round(start * 1000), round(start * 1000) + seconds * 1000, part)
    return tape


def test_a_busy_breaker_of_six_hours(capsys: pytest.CaptureFixture[str]) -> None:
    """An eighth of two days of three processes; every figure grows with the failures alone."""
    blobs = _blobs(6 * 360 * 3, seed=1)
    begun = time.process_time()
    tape = _tape(blobs)
    read, begun = time.process_time() - begun, time.process_time()
    story = ordered(tape, Stays(), BEGIN, tape.slots[-1].end, lambda _: 60_000)
    put = time.process_time() - begun
    said = [f"48 h of 3 processes: read {read * 8:.1f} s, put in order {put * 8:.1f} s"]
    for name, config in CONFIGS.items():
        begun = time.process_time()
        result = run(story, config, config)
        said.append(f"{name} {(time.process_time() - begun) * 8:.1f} s")
        assert result.reached == len(tape.numbers) == sum(slot.failures for slot in tape.slots)
        assert result.openings == ()
    with capsys.disabled():
        print("\n" + ", ".join(said))  # noqa: T201
    assert len(story.what) <= len(tape.numbers) + len(tape.slots) + 1  # no step for a success


@pytest.mark.parametrize("name", CONFIGS)
def test_successes_cost_nothing_of_their_own(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand times the successes are told in the same number of turns of the window, and asked of nobody."""
    asked: list[int] = []
    monkeypatch.setattr(Replay, "_asked", lambda *_, **__: asked.append(1))
    few, many = (_steps(CONFIGS[name], successes) for successes in (10, 10_000))
    assert few == many
    assert asked == []


def _steps(config: BreakerConfig, successes: int) -> int:
    turns: list[int] = []
    replay, rotate = Replay(config, BEGIN * 1_000_000), Period.rotate

    def counted(period: Period, at: int) -> None:
        turns.append(at)
        rotate(period, at)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Period, "rotate", counted)
        at = [BEGIN + n * 1000 for n in range(1, 200)]
        assert replay.tape([successes] * 199, at, [1] * 199, 0, BEGIN) == 199
    return len(turns)


def test_an_open_breaker_refuses_a_million_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    replay = Replay(BreakerConfig(failure_threshold=1, recovery_timeout=100), 0)
    replay.failure(0)
    asked: list[int] = []
    monkeypatch.setattr(Replay, "_one", lambda *_: asked.append(1))
    assert replay.spread(1_000_000, 0, 99_000_000_000, failed=True) == 0
    assert (replay.refused, asked) == (1_000_000, [])
