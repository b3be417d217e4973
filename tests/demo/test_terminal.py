"""In a terminal: a screen of its own, colours unless NO_COLOR, and the terminal given back whatever happens."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest

from tests.demo.running import PATIENCE, ROOT

pty = pytest.importorskip("pty", reason="no pseudo-terminals here")
pytestmark = pytest.mark.slow

COLOUR = re.compile(r"\x1b\[[\d;]+m")
ENTER, LEAVE, CURSOR = "\x1b[?1049h", "\x1b[?1049l", "\x1b[?25h"


def _in_a_terminal(until: str, **environ: str) -> tuple[int, str]:
    """Run it in a pseudo-terminal, press Ctrl-C once it has said `until`; its exit code and all that it wrote."""
    ours, theirs = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    env |= {"TERM": "xterm", "COLUMNS": "100", "LINES": "24", "PYTHONIOENCODING": "utf-8", **environ}
    command = [sys.executable, "-m", "recovery.demo", "--seconds", "60"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        written = _read(ours, until)
        process.send_signal(signal.SIGINT)
        written += _read(ours)
        os.close(ours)
        return process.wait(PATIENCE), written


def _read(terminal: int, until: str | None = None) -> str:
    written = b""
    while until is None or until.encode() not in written:
        try:
            more = os.read(terminal, 65_536)
        except OSError:  # the other end is closed
            break
        if not more:
            break
        written += more
    return written.decode()


def test_it_takes_a_screen_and_gives_it_back() -> None:
    code, written = _in_a_terminal("Ctrl-C ends it.")
    assert code == 0
    assert written.index(ENTER) < written.index("●──●") < written.index(LEAVE)
    assert CURSOR in written
    assert "What happened in" in written[written.index(LEAVE) :]
    assert COLOUR.search(written)
    assert "Traceback" not in written


def test_no_color_leaves_glyphs_and_words() -> None:
    code, written = _in_a_terminal("Ctrl-C ends it.", NO_COLOR="1")
    assert code == 0
    assert not COLOUR.search(written)
    assert "●──● Closed" in written
    assert LEAVE in written


def test_a_dumb_terminal_gets_plain_lines() -> None:
    code, written = _in_a_terminal("calls/s", TERM="dumb")
    assert code == 0
    assert "\x1b" not in written
