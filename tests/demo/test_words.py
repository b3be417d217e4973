"""Times and numbers as people read them; lines that fit."""

from __future__ import annotations

import io

import pytest

from recovery.demo import paint, words
from recovery.demo.paint import Brush, Span
from recovery.demo.phases import Timetable


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """It is."""
        return True


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (words.span(0.04), "0.0 s"),
        (words.span(-1), "0.0 s"),
        (words.span(9.94), "9.9 s"),
        (words.span(9.96), "10 s"),
        (words.span(59.7), "1 m 0 s"),
        (words.span(134), "2 m 14 s"),
        (words.clock(0), "0:00"),
        (words.clock(74.9), "1:14"),
        (words.countdown(45.1), "0:46"),
        (words.countdown(1.4), "1.4 s"),
        (words.moment(14.37), "0:14.3"),
        (words.moment(65), "1:05.0"),
        (words.moment(-0.1), "0:00.0"),
        (words.rate(None), "—"),
        (words.rate(41.24), "41.2"),
        (words.rate(128.4), "128"),
        (words.percent(None), "—"),
        (words.percent(0), "0 %"),
        (words.percent(0.4), "0.4 %"),
        (words.percent(33.3), "33 %"),
        (words.percent(100), "100 %"),
        (words.latency(None), "—"),
        (words.latency(0.009), "9 ms"),
        (words.latency(0.24), "240 ms"),
        (words.latency(0.9997), "1.0 s"),
        (words.count(1, "call"), "1 call"),
        (words.count(1204, "call"), "1,204 calls"),
        (words.count(0, "retry", "retries"), "0 retries"),
        (
            words.evidence({"slow": 0, "probes_succeeded": 1, "calls": 20, "moon": "full"}),
            "1 good probe · 20 calls looked at · moon full",
        ),
        (words.evidence({}), ""),
    ],
)
def test_it_is_said_like_this(said: str, wanted: str) -> None:
    assert said == wanted


def test_a_line_that_is_too_long_ends_in_an_ellipsis() -> None:
    line = [Span("calls "), Span("refused ", "open"), Span("again")]
    assert [span.text for span in paint.fit(line, 19)] == ["calls ", "refused ", "again"]
    assert [span.text for span in paint.fit(line, 10)] == ["calls ", "ref…"]
    assert paint.length(paint.fit(line, 6)) == 6


def test_the_end_of_a_line_outlives_its_start() -> None:
    line = paint.ends([Span("something long")], [Span("0:14")], 12)
    assert "".join(span.text for span in line) == "somet…  0:14"


def test_what_is_not_0_can_be_seen_in_a_sparkline() -> None:
    assert paint.bars([0, 1, 50, 100], 100) == " ▁▄█"
    assert paint.bars([0, 0], 0) == "  "


@pytest.mark.parametrize(
    ("environ", "colours", "live"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, False, False),
        ({}, False, False),
    ],
)
def test_a_terminal_gets_what_it_wants(environ: dict[str, str], colours: bool, live: bool) -> None:
    assert paint.brush_for(Terminal(), environ).colours is colours
    assert paint.live(Terminal(), environ) is live


def test_a_pipe_gets_neither_colours_nor_moves() -> None:
    assert not paint.brush_for(io.StringIO(), {"TERM": "xterm"}).colours
    assert not paint.live(io.StringIO(), {"TERM": "xterm"})


def test_ascii_takes_as_much_room() -> None:
    line = [Span("●╱ ○ Open — 1 × 2 · a → b … ▁▂▃▄▅▆▇█", "open")]  # noqa: RUF001 - the blade of a switch
    said = Brush(colours=False, unicode=False).paint(line)
    assert said.isascii()
    assert len(said) == paint.length(line)


def test_a_timetable_fills_its_time_and_waits_in_proportion() -> None:
    short, long = Timetable(8, 1), Timetable(40, 1)
    assert sum(seconds for _, seconds in short.phases) == pytest.approx(8)
    assert [phase for phase, _ in short.phases] == ["well", "slow", "failing", "refusing", "well"]
    assert short.recovery_timeout * 5 == pytest.approx(long.recovery_timeout)
