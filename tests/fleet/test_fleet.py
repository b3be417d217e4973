"""The whole fleet, as real processes, with a console that is not there: services don't notice."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from recovery.fleet.plan import FLEET, SERVICES
from tests.demo.running import Running, is_gone
from tests.fleet.running import SERVICES as NAMES
from tests.fleet.running import nobody, processes, running

pytestmark = pytest.mark.slow

PACE = "0.2"
SEED = "539"  # every backend has a long outage of plain failures within the first 20 s
SOON = 5.0  # s; by itself it takes three at most, and the machine may be busy
MEMBERS = [name for service in FLEET for name in service.members]


@pytest.fixture(scope="module")
def fleet() -> Iterator[Running]:
    """One that goes through its outages quickly."""
    with running("--seed", SEED, "--pace", PACE, *nobody()) as run:
        yield run


def test_its_services_are_those_that_want_tokens() -> None:
    assert SERVICES == NAMES


def test_it_says_its_seed_and_starts_every_process(fleet: Running) -> None:
    fleet.until(r"the fleet is up: seed 539, 8 processes of 4 services$")
    for name in MEMBERS:
        fleet.until(rf" {name} INFO fleet: begins$")


@pytest.mark.parametrize("mood", ["slow", "failing", "limiting", "stuck", "refusing"])
def test_the_upstream_goes_through_every_mood(fleet: Running, mood: str) -> None:
    fleet.until(rf"upstream \w+: {mood} for [\d.]+ s$")


@pytest.mark.parametrize("service", SERVICES)
def test_breakers_of_each_service_open_probe_and_close(fleet: Running, service: str) -> None:
    said = rf" {service}-\d (?:INFO|WARNING) recovery\.breaker: circuit breaker '({service}\.\w+)': "
    name = fleet.until(said + "HALF-OPEN -> CLOSED, .*probes? succeeded")
    before = fleet.text
    assert re.search(rf"'{name}': CLOSED -> OPEN, .+", before)
    assert re.search(rf"'{name}': OPEN -> HALF-OPEN, ", before)


def test_the_one_that_only_watches_says_when_it_would_have_opened(fleet: Running) -> None:
    fleet.until(r"'download.thumbnail': CLOSED -> METRICS-ONLY")
    fleet.until(r"'download.thumbnail' would have opened: ")
    assert "'download.thumbnail': CLOSED -> OPEN" not in fleet.text


def test_calls_are_tried_again(fleet: Running) -> None:
    fleet.until(r" recovery\.retry: [\w.]+: attempt 1 of \d failed \(.+\), next one in ")


def test_errors_are_of_many_kinds(fleet: Running) -> None:
    for error in (r"BadAnswer: .* answered 5\d\d", r"BadAnswer: .* answered 429", "TimeoutError", "refused"):
        fleet.until(rf" (?:WARNING|INFO) .*{error}")
    fleet.until(r"OperationalError: database is locked")


def test_one_is_restarted_and_one_dies_without_a_word(fleet: Running) -> None:
    restarted = fleet.until(r"([\w-]+) is told to restart$")
    fleet.until(rf"{restarted} ended with 0, starts again in 0\.0 s$")
    killed = fleet.until(r"([\w-]+) is killed$")
    fleet.until(rf"{killed} was killed by signal 9, starts again in [\d.]+ s$")


def test_the_console_that_is_away_disturbs_nobody(fleet: Running) -> None:
    fleet.until(r"is killed$")
    unforced = [line for line in fleet.lines if re.search(r"ended with (?!0)", line)]
    assert unforced == []
    assert "Traceback" not in fleet.text
    assert "rcv_" not in fleet.text  # no token in a log


def test_ctrl_c_ends_it_soon_and_nothing_is_left() -> None:
    with running("--pace", PACE, *nobody()) as run:
        run.until(r"recovery\.breaker: circuit breaker .*-> OPEN")
        folders = {folder for pid in processes(run) if (folder := folder_of(pid))}
        assert run.interrupt() < SOON
        assert run.process.returncode == 0
        assert len(processes(run)) >= len(MEMBERS) + 2
        assert all(map(is_gone, processes(run)))
        assert "Traceback" not in run.text
        assert len(folders) == 1
        assert not Path(folders.pop()).exists()


def folder_of(pid: int) -> str:
    """Where a service keeps its files."""
    environ = Path(f"/proc/{pid}/environ")
    if not environ.exists():
        return ""
    entries = dict(part.partition("=")[::2] for part in environ.read_text().split("\0"))
    return entries.get("FLEET_FOLDER", "")


def test_ctrl_c_while_it_starts_leaves_nothing() -> None:
    with running(*nobody()) as run:
        run.until(r"upstream is process \d+$")
        assert run.interrupt() < SOON
        assert all(map(is_gone, processes(run)))


def test_a_parent_that_is_killed_leaves_no_orphan() -> None:
    with running("--pace", PACE, *nobody()) as run:
        for name in MEMBERS:
            run.until(rf" {name} INFO fleet: begins$")
        began = time.monotonic()
        run.process.kill()
        assert all(map(is_gone, processes(run)))
        assert time.monotonic() - began < 10


def test_one_that_hangs_is_killed_in_time() -> None:
    with running("--pace", "1") as run:
        pid = int(run.until(r"download-1 is process (\d+)$"))
        run.until(r" download-1 INFO fleet: begins$")
        os.kill(pid, signal.SIGSTOP)
        assert run.interrupt() < SOON
        assert all(map(is_gone, processes(run)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--url", "http://127.0.0.1:1"), "--url needs a --token for download, metadata, payments, students"),
        (("--token", "bakery=x"), "must be SERVICE=TOKEN"),
        (("--pace", "0"), "must be 0.02 to 100"),
        (("--seed", "x"), "invalid int value"),
    ],
)
def test_senseless_arguments_are_refused_with_the_reason(arguments: tuple[str, str], said: str) -> None:
    with running(*arguments) as run:
        assert run.end() == 2
        assert said in run.text
