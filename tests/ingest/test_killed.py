"""Killed at any point, a console loses nothing that it acknowledged, and doubles nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from recovery.models import ErrorGroup, Occurrence, Slice, Transition
from tests.ingest.desk import a_service

ROOT = Path(__file__).parents[2]
REPORTS = 30

# A console's writer; every acknowledgement is a line. It is killed for good at the point and the count that it is told.
CONSOLE = """
import os, signal, sys, threading
sys.path.insert(0, {root!r})
os.environ["DJANGO_SETTINGS_MODULE"] = "recovery_site.settings"
import django; django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
from recovery import wire
from recovery.ingest import batch, writer
from tests.ingest.desk import Desk
from recovery.ingest.counts import Counts
from recovery.ingest.inbox import Inbox
from tests.link.talking import a_slice, error, transition, now

point, count = {point!r}, {count}
seen = 0

def kill_at(name):
    global seen
    if name == point:
        seen += 1
        if seen > count:
            os.kill(os.getpid(), signal.SIGKILL)

keep, tell, save = batch.keep, writer._tell, batch.Unit.save
def saved(unit):
    kill_at("before save"); save(unit); kill_at("before commit")
def kept(*args):
    kill_at("before"); found = keep(*args); kill_at("committed"); return found
def told(jobs, results):
    tell(jobs, results); kill_at("acknowledged")
batch.Unit.save, batch.keep, writer._tell = saved, kept, told

# Settings of the parent's test database
counts, inbox = Counts(), Inbox()
thread = writer.Writer(inbox, counts, group_seconds=0.0)
thread.start()
desk = Desk(inbox, thread, counts)
peer = desk.greet({service}).peer
slot = {slot}
for number in range({first}, {last}):
    events = wire.Events(events=(transition(2 * number + 1, number + 1), error(2 * number + 2, "f")))
    desk.keep(events, peer)
    desk.keep(a_slice(slot - number), peer)
    print(number, flush=True)
"""


def run(service: int, point: str, count: int, first: int, slot: int) -> int:
    """How many reports were acknowledged."""

    values = {"root": str(ROOT), "service": service, "first": first, "last": REPORTS, "slot": slot}
    script = CONSOLE.format(point=point, count=count, name=str(connection.settings_dict["NAME"]), **values)
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
        env=dict(os.environ),
    )
    assert done.returncode in (0, -9), done.stderr
    lines = done.stdout.split()
    return int(lines[-1]) + 1 if lines else first


@pytest.mark.slow
@pytest.mark.parametrize("point", ["before", "before save", "before commit", "committed", "acknowledged"])
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(point: str, transactional_db: None) -> None:
    service = a_service()
    slot = int(time.time()) // 10
    acknowledged = run(service, point, 20, 0, slot)
    assert 0 < acknowledged < REPORTS
    assert Transition.objects.filter(seq__lte=2 * acknowledged).count() == acknowledged
    assert Slice.objects.filter(own_slot__gt=slot - acknowledged).count() == acknowledged
    # The client knows of no more than what was acknowledged: it sends the rest again, some of which is there.
    assert run(service, "", 0, acknowledged, slot) == REPORTS
    assert Transition.objects.count() == Slice.objects.count() == REPORTS
    assert ErrorGroup.objects.get().count == REPORTS
    assert Occurrence.objects.count() <= REPORTS
