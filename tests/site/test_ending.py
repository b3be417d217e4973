"""A thread that hangs does not keep the console from ending."""

from __future__ import annotations

import subprocess
import sys

HANGING = """
import logging, threading
from recovery.serving.ending import end_for_sure
logging.basicConfig()
never = threading.Event()
threading.Thread(target=never.wait, name="request 7").start()
end_for_sure(0.1)
"""


def test_it_ends_and_says_what_it_left_behind() -> None:
    done = subprocess.run([sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0
    assert "left behind at the end: MainThread, request 7" in done.stderr
