"""Processes as servers and pools make them: each is heard with counts of its own, and nothing is lost at its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recovery import wire
from tests.architecture.tree import ROOT
from tests.client.console import Console

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]

APP = """
import multiprocessing, os, signal, sys, time
sys.path.insert(0, {root!r})
import recovery
from recovery import CircuitBreaker

breaker = CircuitBreaker(name="app")
def job(_number=0):
    breaker.call(int)
    return os.getpid()
def linked():
    from recovery.client.client import current
    while current().status().state != "linked":
        time.sleep(0.01)
"""

# As gunicorn does it: the application is loaded once, workers are forked from it and end by sys.exit.
PREFORK = (
    APP
    + """
recovery.connect({url!r}, "secret")
job()
workers = []
for _ in range(2):
    pid = os.fork()
    if not pid:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        job(); job()
        while True:
            signal.pause()
    workers.append(pid)

def end(*_):
    for pid in workers:
        os.kill(pid, signal.SIGTERM)
signal.signal(signal.SIGTERM, end)
sys.exit(max(os.waitpid(pid, 0)[1] for pid in workers))
"""
)

# As uvicorn's workers are made: fresh interpreters that import the application by themselves.
SPAWN = (
    APP
    + """
def main():
    recovery.connect({url!r}, "secret")
    job(); job()
    linked()

if __name__ == "__main__":
    workers = [multiprocessing.get_context("spawn").Process(target=main) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    sys.exit(max(each.exitcode for each in workers))
"""
)

# As Celery's pool: forked from a linked parent, replaced after so many tasks, ended by os._exit.
POOL = (
    APP
    + """
def task(_number):
    linked()  # an exit is not held up for long: on a slow machine a task may be over before there is a link
    return job()

if __name__ == "__main__":
    recovery.connect({url!r}, "secret")
    job()
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=2) as pool:
        done = pool.map(task, range(4), chunksize=1)
        pool.close()
        pool.join()
    assert len(set(done)) == 2
"""
)


@contextmanager
def running(folder: Path, script: str, console: Console) -> Iterator[subprocess.Popen[str]]:
    """Run it; a process that is not back in a minute is killed."""
    file = folder / "app.py"
    file.write_text(script.format(root=str(ROOT), url=console.url))
    line = [sys.executable, "-W", "ignore::DeprecationWarning", str(file)]  # threads and fork: what is tested here
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield process
            _, said = process.communicate(timeout=60)
            assert process.returncode == 0, said
            assert "Traceback" not in said
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def successes(console: Console) -> list[int]:
    """What each process counted in all, as it said last."""
    last: dict[str, int] = {}
    for (process, _), parts in sorted(console.slots.items()):
        for each in (each for part in parts for each in part.breakers if each.name == "app"):
            last[process] = each.successes
    return sorted(last.values())


def goodbyes(console: Console) -> int:
    return len(console.of(wire.Bye))


def test_forked_workers_of_a_server(console: Console, tmp_path: Path) -> None:
    with running(tmp_path, PREFORK, console) as process:
        console.wait(lambda: len({hello.process for hello in console.hellos}) == 3, 30)
        console.wait(lambda: len(console.of(wire.Declare)) >= 3, 30)
        process.terminate()
    console.wait(lambda: goodbyes(console) == 3)
    assert successes(console) == [1, 2, 2]


def test_spawned_workers_of_a_server(console: Console, tmp_path: Path) -> None:
    with running(tmp_path, SPAWN, console):
        console.wait(lambda: goodbyes(console) == 2, 30)
    assert successes(console) == [2, 2]


def test_workers_of_a_pool_that_are_replaced(console: Console, tmp_path: Path) -> None:
    with running(tmp_path, POOL, console):
        console.wait(lambda: goodbyes(console) == 3, 30)
    assert successes(console) == [1, 2, 2]
