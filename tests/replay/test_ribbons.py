"""Two ribbons and their table: pure numbers."""

from __future__ import annotations

from recovery.charts.replay import COLUMNS, HEIGHT, WIDTH, Drawn, ribbons, spoken

BEGIN, END = 0, 3_600_000
MINUTE = 60_000
NOBODY = Drawn(openings=(), stretches=())


def _drawn(*of_each: list[tuple[int, int]]) -> Drawn:
    openings = tuple(tuple(since for since, _ in stretches) for stretches in of_each)
    return Drawn(openings=openings, stretches=tuple(of_each))


def test_a_stretch_stands_where_and_as_long_as_it_was() -> None:
    made = ribbons(_drawn([(6 * MINUTE, 12 * MINUTE)]), NOBODY, [(BEGIN, END)], BEGIN, END)
    (bar,) = made.present
    assert (bar.x, bar.width, bar.y, bar.high) == (WIDTH * 0.1, WIDTH * 0.1, 0, HEIGHT)
    assert made.proposed == ()


def test_the_more_processes_were_open_the_higher() -> None:
    both = _drawn([(0, 30 * MINUTE)], [(15 * MINUTE, 30 * MINUTE)], [], [])
    one, two = ribbons(both, NOBODY, [(BEGIN, END)], BEGIN, END).present
    assert (one.high, two.high) == (HEIGHT // 4, HEIGHT // 2)
    assert one.y + one.high == two.y + two.high == HEIGHT


def test_two_stretches_of_one_process_in_a_column_are_one_process() -> None:
    often = _drawn([(n * 100, n * 100 + 50) for n in range(20)], [])
    (bar,) = ribbons(often, NOBODY, [(BEGIN, END)], BEGIN, END).present
    assert bar.high == HEIGHT // 2


def test_the_shortest_opening_is_seen() -> None:
    (bar,) = ribbons(_drawn([(5, 6)]), NOBODY, [(BEGIN, END)], BEGIN, END).present
    assert bar.width == WIDTH / COLUMNS


def test_where_nobody_was_linked_nothing_is_known() -> None:
    made = ribbons(NOBODY, NOBODY, [(30 * MINUTE, END)], BEGIN, END)
    assert made.missing.count("M") == COLUMNS // 2
    assert [row.linked for row in made.rows] == [False] * 6 + [True] * 6


def test_the_table_adds_up_to_the_stretches() -> None:
    stretches = [(MINUTE, 9 * MINUTE), (50 * MINUTE, 70 * MINUTE)]
    made = ribbons(_drawn(stretches), _drawn([]), [(BEGIN, END)], BEGIN, END)
    assert sum(row.present.open_ms for row in made.rows) == 18 * MINUTE
    assert [row.present.openings for row in made.rows] == [1, *[0] * 9, 1, 0]
    assert {row.proposed.words for row in made.rows} == {"0 s"}


def test_what_lies_outside_is_not_drawn() -> None:
    outside = _drawn([(-10 * MINUTE, -5 * MINUTE), (END + 1, END + 2)])
    assert ribbons(outside, NOBODY, [(BEGIN, END)], BEGIN, END).present == ()


def test_lengths_in_words() -> None:
    said = {ms: spoken(ms) for ms in (0, 1, 400, 9_900, 42_000, 59_700, 130_000, 11_100_000, 3_600_000)}
    assert list(said.values()) == ["0 s", "0.1 s", "0.4 s", "9.9 s", "42 s", "1 min", "2 min 10 s", "3 h 5 min", "1 h"]
