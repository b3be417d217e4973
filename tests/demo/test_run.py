"""The demonstration from outside: what its plain output says, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.demo.running import Running, is_gone, is_there, running

pytestmark = pytest.mark.slow

BREAKERS = ("catalogue.search", "catalogue.suggest", "payments.charge")
SERVER = r"^server process (\d+) at http://127\.0\.0\.1:\d+"


@pytest.fixture(scope="module")
def whole() -> Iterator[Running]:
    """A run that ended by itself."""
    with running("--fast", "--seed", "7") as run:
        run.end()
        yield run


def test_it_ends_by_itself_without_a_word_of_trouble(whole: Running) -> None:
    assert whole.process.returncode == 0
    assert "Traceback" not in whole.text
    assert "Ended early" not in whole.text


def test_the_server_lives_through_its_outage(whole: Running) -> None:
    phases = [line.partition("server: ")[2] for line in whole.lines if "  server: " in line]
    assert phases == ["well", "slow", "failing with 500s", "refusing connections", "well"]


@pytest.mark.parametrize("name", BREAKERS)
def test_each_breaker_opens_probes_and_closes_with_its_cause(whole: Running, name: str) -> None:
    steps = re.findall(rf"^\d+:\d\d\.\d  {name}: (.+? → .+?): (.+)$", whole.text, re.MULTILINE)
    assert steps[0][0] == "Closed → Open"
    assert re.match(r"5 failures in a row|\d+ % (failed|slow) \(", steps[0][1])
    assert ("Open → Half-open") in dict(steps)
    assert steps[-1][0] == "Half-open → Closed"
    assert re.match(r"[13] probes? succeeded", steps[-1][1])


@pytest.mark.parametrize("name", BREAKERS)
def test_while_open_calls_are_refused(whole: Running, name: str) -> None:
    statuses = [
        part for line in whole.lines for part in line.partition("  ")[2].split(" | ") if part.startswith(f"{name} Open")
    ]
    assert any(float(rate) > 1 for part in statuses for rate in re.findall(r"([\d.]+) refused/s", part))
    assert any("probe in" in part for part in statuses)


def test_a_real_failure_is_named_as_evidence(whole: Running) -> None:
    assert "last failure HTTPError: HTTP Error 500: Internal Server Error" in whole.text
    assert re.search(r"last failure URLError: <urlopen error .*refused", whole.text)


def test_there_is_a_line_of_figures_a_second(whole: Running) -> None:
    seconds = [int(line[2:4]) for line in whole.lines if "calls/s" in line]
    assert seconds == sorted(set(seconds))
    assert set(range(1, 8)) - set(seconds) == set()


def test_the_summary_adds_up(whole: Running) -> None:
    totals = re.findall(r"([\d,]+) calls: ([\d,]+) let in \(([\d,]+) failed\), ([\d,]+) refused", whole.text)
    numbers = [[int(number.replace(",", "")) for number in row] for row in totals]
    assert len(numbers) == len(BREAKERS)
    assert all(calls == admitted + refused and failed <= admitted for calls, admitted, failed, refused in numbers)
    assert all(refused > 0 for *_, refused in numbers)
    assert f"{sum(row[3] for row in numbers):,} calls refused at once: about " in whole.text
    assert (
        len(
            re.findall(
                r"opened (?:once|twice|\d+ times) · \d+ failed probes? · closed (?:once|twice|\d+ times)", whole.text
            )
        )
        == 3
    )


def test_without_a_terminal_there_are_no_escape_codes(whole: Running) -> None:
    assert "\x1b" not in whole.text


def test_the_server_is_gone_afterwards(whole: Running) -> None:
    assert not is_there(int(whole.until(SERVER)))


def test_ctrl_c_ends_it_at_once_with_a_summary_and_without_an_orphan() -> None:
    with running("--seconds", "60") as run:
        server = int(run.until(SERVER))
        run.until(r"calls/s")
        assert run.interrupt() < 2
        assert run.process.returncode == 0
        assert not is_there(server)
        assert "Ended early" in run.text
        assert "Traceback" not in run.text


def test_ctrl_c_in_the_middle_of_the_outage_ends_it_too() -> None:
    with running("--fast", "--seed", "3") as run:
        server = int(run.until(SERVER))
        run.until(r"Closed → Open")
        assert run.interrupt() < 2
        assert run.process.returncode == 0
        assert not is_there(server)


def test_the_server_does_not_outlive_one_that_is_killed() -> None:
    with running("--seconds", "60") as run:
        server = int(run.until(SERVER))
        run.process.kill()
        assert is_gone(server)


def test_an_output_that_knows_no_glyphs_gets_ascii() -> None:
    with running("--seconds", "4", PYTHONIOENCODING="ascii") as run:
        run.end()
        assert run.process.returncode == 0
        assert run.text.isascii()
        assert "Closed > Open" in run.text


@pytest.mark.parametrize(
    "arguments", [("--seconds", "1"), ("--seconds", "nan"), ("--seconds", "soon"), ("--seed", "x")]
)
def test_senseless_arguments_are_refused_with_the_reason(arguments: tuple[str, str]) -> None:
    with running(*arguments) as run:
        assert run.end() == 2
        assert f"argument {arguments[0]}" in run.text
