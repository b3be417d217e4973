"""Measuring: all contenders of a case take turns, round by round, so that a busy machine disturbs all of them alike.

Each round builds every contender anew, warms it up, and times one sample with the garbage collector off (collected
before each sample; objects from before the run are frozen, so collecting is quick). The figure is the median of the
rounds.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tests.bench import loops
from tests.bench.model import Case, Contender, Missing, Result, Sampler, Timing

WARM_UP = 300  # enough for CPython to specialise the code
MOST_CALLS = 400_000


@dataclass(frozen=True)
class Settings:
    """How long to measure."""

    rounds: int = 15
    scale: float = 1.0  # of each case's sample length

    @classmethod
    def quick(cls) -> Settings:
        """A smoke test: the figures are noise."""
        return cls(rounds=3, scale=0.1)


@dataclass
class _Entry:
    contender: Contender
    timing: Timing
    calls: int = 0


def measure(case: Case, settings: Settings) -> Result:
    """Measure one case. What cannot take part is listed with its problem."""
    entries = [_Entry(contender, Timing(contender.name, contender.role)) for contender in case.contenders()]
    with case.prepare():
        for entry in entries:
            _guarded(entry, partial(_calibrate, entry, case, settings))
        for number in range(settings.rounds):
            loop_cost = _loop_cost() if case.net_of_loop else 0.0
            for entry in _rotated(entries, number):
                if not entry.timing.problem:
                    _guarded(entry, partial(_round, entry, case, loop_cost))
    return Result(case, [entry.timing for entry in entries])


def _rotated(entries: Sequence[_Entry], by: int) -> list[_Entry]:
    shift = by % len(entries)
    return [*entries[shift:], *entries[:shift]]


def _guarded(entry: _Entry, step: Callable[[], None]) -> None:
    """A contender that is missing or breaks must not end the run of the others."""
    try:
        step()
    except ModuleNotFoundError as error:
        entry.timing.problem = f"no module {error.name}"
    except ImportError as error:  # its text names a path of this machine
        entry.timing.problem = f"cannot import from {error.name}"
    except Missing as error:
        entry.timing.problem = str(error)
    except Exception as error:
        entry.timing.problem = f"{type(error).__name__}: {error}"
    if entry.timing.problem:
        entry.timing.rounds.clear()


def _calibrate(entry: _Entry, case: Case, settings: Settings) -> None:
    """Find the number of calls that fills a sample."""
    sampler = entry.contender.build()
    if case.calls is not None:
        entry.calls = _even(case.calls * settings.scale, case.step)
        return
    calls, taken = _even(WARM_UP, case.step), 0
    while taken < 500_000 and calls < MOST_CALLS:
        calls *= 2
        taken = sampler(calls)
    fill = case.sample_ms * settings.scale * 1e6 / max(taken / calls, 1.0)
    entry.calls = _even(min(max(fill, WARM_UP), MOST_CALLS), case.step)


def _even(calls: float, step: int) -> int:
    return max(round(calls / step), 1) * step


def _round(entry: _Entry, case: Case, loop_cost: float) -> None:
    sampler = entry.contender.build()
    sampler(case.step if case.calls is not None else _even(WARM_UP, case.step))
    taken = _undisturbed(sampler, entry.calls)
    entry.timing.rounds.append(max(taken / entry.calls - loop_cost, 0.1))


def _loop_cost() -> float:
    sampler = loops.empty()
    sampler(WARM_UP)
    return _undisturbed(sampler, 100_000) / 100_000


def _undisturbed(sampler: Sampler, calls: int) -> int:
    gc.collect()
    gc.disable()
    try:
        return sampler(calls)
    finally:
        gc.enable()
