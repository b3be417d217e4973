"""`up --demo`, as `make run` starts it: a fleet that really fails, checks that look at what it calls, a quick end."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from recovery.fleet.plan import FLEET, WATCHED
from tests.e2e.product import Console
from tests.link.running import sqlite

pytestmark = pytest.mark.slow

LINKED = "select count(*) from recovery_linkinterval where ended_at is null"
CHECKS = "select count(*) from recovery_check where healthy is not null"
OPENED = "select count(*) from recovery_transition where after = 'OPEN'"
RESTED = "select count(*) from recovery_check where enabled"


def test_a_living_board_with_one_command(new_console: Callable[..., Console]) -> None:
    console = new_console("--demo", HEALTH_ALLOWED_NETWORKS="127.0.0.1")
    console.start()
    ask = sqlite(console)
    console.wait(lambda: ask(LINKED)[0][0] >= sum(service.processes for service in FLEET) - 1)  # one may be away
    console.wait(lambda: ask(CHECKS)[0][0] == len(WATCHED))
    console.wait(lambda: ask(OPENED)[0][0])  # whatever the seed, something fails within the first 40 s
    began = time.monotonic()
    assert console.stop(signal.SIGINT) == 0
    assert time.monotonic() - began < 8  # five, and some for a machine that is busy with a dozen processes
    assert ask(RESTED) == [(0,)]
