"""What the dispatcher costs before it is used, and what a forked child inherits of it: nothing."""

from __future__ import annotations

import subprocess
import sys


def run(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_threading_is_not_imported_before_the_first_outlet() -> None:
    assert (
        run(
            "import sys, recovery.engine.dispatch as d; d.drain(); before = 'threading' in sys.modules\n"
            "d.Outlet(print)\n"
            "print(before, 'threading' in sys.modules)"
        )
        == "False True\n"
    )


def test_no_thread_before_the_first_offer() -> None:
    assert (
        run(
            "import threading; from recovery.engine.dispatch import Outlet, drain; o = Outlet(lambda _: None)\n"
            "before = threading.active_count(); o.offer(1); drain(); print(before, threading.active_count())"
        )
        == "1 2\n"
    )


def test_a_forked_child_begins_afresh() -> None:
    assert (
        run(
            """
import os, sys, threading
from recovery.engine.dispatch import Outlet, drain
gate, reached, got = threading.Event(), threading.Event(), []
def receive(item):
    reached.set(); gate.wait(10); got.append(item)
outlet = Outlet(receive, capacity=1)
outlet.offer(1); reached.wait(10)
outlet.offer(0)  # dropped: full
child = os.fork()
if not child:
    outlet.dropped = 0
    gate.set()
    assert outlet.offer(2), "the child's outlet is empty"
    assert drain()
    print("child", got, outlet.dropped, flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
gate.set(); assert drain(); print("parent", got, outlet.dropped - 1)
"""
        )
        == "child [2] 0\nparent [1] 0\n"
    )


def test_a_fork_in_the_middle_of_an_offer_does_not_lock_the_child() -> None:
    assert (
        run(
            """
import os, threading
from recovery.engine.dispatch import Outlet, drain
from recovery.engine.dispatcher import THE_DISPATCHER
outlet = Outlet(lambda _: None)
held, go = threading.Event(), threading.Event()
def hold():
    with THE_DISPATCHER._changed:
        held.set(); go.wait(10)
thread = threading.Thread(target=hold); thread.start(); held.wait(10)
child = os.fork()
if not child:
    outlet.offer(1); assert drain(); print("child done", flush=True); os._exit(0)
status = os.waitpid(child, 0)[1]
go.set(); thread.join(); assert status == 0
"""
        )
        == "child done\n"
    )
