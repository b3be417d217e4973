"""The board, drawn from snapshots of real breakers."""

from __future__ import annotations

import re

import pytest

from recovery.demo import words
from recovery.engine import BreakerState, CircuitBreaker
from tests.demo.scene import COLOURED, STATES, board, call, closed, disabled, fails, opened, probing, shown, tripped

pytestmark = pytest.mark.usefixtures("measured")

SIZES = [(120, 30), (60, 20), (200, 60), (110, 24), (80, 24), (40, 12), (20, 5), (1, 1)]


def _three() -> list[CircuitBreaker]:
    return [opened("catalogue.search"), probing("catalogue.suggest"), closed("payments.charge")]


@pytest.mark.parametrize("width", [120, 60])
@pytest.mark.parametrize("state", STATES)
def test_a_state_has_its_glyph_and_its_word_without_any_colour(state: BreakerState, width: int) -> None:
    breaker = STATES[state]()
    look = words.LOOKS[state]
    assert breaker.state is state
    assert any(line.startswith(f"{look.glyph} {look.word}") for line in shown(board(breaker), width))


def test_no_two_states_share_a_glyph_or_a_word() -> None:
    assert len({look.glyph for look in words.LOOKS.values()}) == len(words.LOOKS) == len(BreakerState)
    assert len({look.word for look in words.LOOKS.values()}) == len(words.LOOKS)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_is_wider_or_higher_than_the_terminal(width: int, height: int) -> None:
    drawn = shown(board(*_three()), width, height)
    assert len(drawn) <= height
    assert max(map(len, drawn)) <= width


def test_the_first_line_says_what_is_wrong_worst_first() -> None:
    assert shown(board(*_three()))[0].startswith("1 breaker is open, 1 is probing.")
    assert shown(board(opened("a"), opened("b")))[0].startswith("2 breakers are open.")
    assert shown(board(tripped()))[0].startswith("1 breaker is forced open.")
    assert shown(board(closed(), disabled()))[0].startswith("All 2 breakers let calls through.")


def test_it_says_where_the_run_and_the_server_stand() -> None:
    first, second = shown(board(closed()))[:2]
    assert first.endswith("0:14 of 0:40")
    assert second.endswith("server: failing with 500s")


@pytest.mark.parametrize("width", [120, 60])
def test_an_open_breaker_says_why_since_when_and_what_comes_next(width: int) -> None:
    text = "\n".join(shown(board(opened()), width))
    assert "3 failures in a row" in text
    assert "TimeoutError: timed out" in text
    assert re.search(r"0\.\d s", text)
    assert re.search(r"probe in (1:00|0:5\d)", text)


def test_probes_and_holds_say_how_far_they_are() -> None:
    assert "1 of 2 probes ok" in "\n".join(shown(board(probing())))
    assert re.search(r"ends in (30:00|29:5\d)", "\n".join(shown(board(tripped()))))
    assert "until released" in "\n".join(shown(board(disabled())))
    assert "tripped: maintenance" in "\n".join(shown(board(tripped())))


def test_an_open_breaker_shows_refused_instead_of_a_percentage() -> None:
    (row,) = (line for line in shown(board(opened())) if line.startswith("●"))
    assert "refused" in row
    assert "%" not in row


def test_no_data_is_a_dash_and_never_0() -> None:
    (row,) = (line for line in shown(board(closed())) if line.startswith("●──●"))
    assert row.split()[3:6] == ["0.0", "—", "0.0"]


def test_transitions_are_listed_newest_first_with_cause_and_evidence() -> None:
    drawn = shown(board(probing()), width=200)
    log = drawn[drawn.index("Newest first") + 1 :]
    assert "Open → Half-open" in log[0]
    assert "Closed → Open" in log[1]
    assert (
        "3 failures in a row · 3 failed in a row · 3 calls looked at · 3 failed · last failure TimeoutError" in log[1]
    )
    assert "server → failing with 500s" in log[2]


def test_a_small_terminal_keeps_what_matters_most() -> None:
    drawn = shown(board(*_three()), 60, 8)
    assert drawn[0].startswith("1 breaker is open")
    assert [line[4:18].strip() for line in drawn if line.startswith("●")] == ["Open", "Half-open", "Closed"]


def test_colours_add_nothing_but_colour() -> None:
    what = board(*_three())
    plain, coloured = shown(what), shown(what, brush=COLOURED)
    stripped = [re.sub(r"\x1b\[[\d;]*m", "", line).rstrip() for line in coloured]
    assert [re.sub(r"[\d.]+ s", "", line) for line in stripped] == [re.sub(r"[\d.]+ s", "", line) for line in plain]
    assert all(line.count("\x1b[0m") * 2 == line.count("\x1b[") for line in coloured)


def test_bars_tell_calls_from_failures_from_refusals() -> None:
    breaker = closed()
    what = board(breaker)
    (watch,) = what.watches
    call(breaker, 4)
    watch.look(2.0)
    call(breaker, 3, fails)
    watch.look(2.5)
    call(breaker, 4)
    watch.look(3.0)
    assert [(cell.calls, cell.failed, cell.refused) for cell in list(watch.cells)[-3:]] == [
        (4, 0, 0),
        (3, 3, 0),
        (4, 0, 4),
    ]
    first = next(line for line in shown(what, 60) if line.startswith("●"))
    assert first.endswith("█×○")
    wide = shown(what)
    assert next(line for line in wide if " calls  " in line).endswith("█▆█")
    assert next(line for line in wide if " failed  " in line).endswith(" ▆")
    assert any(" refused  " in line and line.endswith(" █") for line in wide)
