"""The picture of a schedule: bands from the earliest to the latest begin of each attempt, in bounds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recovery.charts.schedule import DRAWN, NARROWEST, TOLD, WIDTH, schedule

WAITS = st.lists(st.floats(min_value=0, allow_infinity=False), max_size=60)


def test_each_attempt_begins_between_the_shortest_and_the_longest_waits() -> None:
    drawn = schedule((0.9, 1.8), (1.0, 2.0), (1.1, 2.2))
    assert [(each.earliest, each.middle, each.latest) for each in drawn.attempts] == [
        (0.0, 0.0, 0.0),
        (0.9, 1.0, 1.1),
        (0.9 + 1.8, 3.0, 1.1 + 2.2),
    ]
    assert [(each.shortest, each.longest) for each in drawn.attempts] == [(0.0, 0.0), (0.9, 1.1), (1.8, 2.2)]
    assert (drawn.count, drawn.most) == (3, 4.0)


def test_an_attempt_that_only_short_waits_allow_is_open_to_the_right() -> None:
    drawn = schedule((0.0, 0.0), (5.0,), (10.0,))
    last = drawn.attempts[-1]
    assert (last.latest, last.longest, last.middle, last.tick) == (None, None, None, None)
    assert last.x + last.width == WIDTH - NARROWEST  # where the axis ends


def test_one_attempt_alone_is_seen() -> None:
    drawn = schedule((), (), (), why="not retried")
    assert drawn.count == 1
    assert drawn.attempts[0].width > 0
    assert drawn.words == "1 attempt, waiting 0 to 0 s in all; the table has each"


@given(WAITS)
def test_it_stays_within_the_picture(waits: list[float]) -> None:
    drawn = schedule([wait * 0.5 for wait in waits], waits, [wait * 2 for wait in waits])
    assert len(drawn.drawn) <= DRAWN
    assert len(drawn.attempts) == min(len(waits) + 1, TOLD)
    for each in drawn.drawn:
        assert each.x >= 0
        assert each.width > 0
        assert each.x + each.width <= WIDTH + 0.02
        assert each.tick is not None
        assert each.x - 0.02 <= each.tick <= each.x + each.width + 0.02
