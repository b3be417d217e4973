"""One supervised process."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from recovery.fleet import child as module
from recovery.fleet.child import Child
from recovery.fleet.environment import linked, plain

PATIENCE = 30.0
POLITE = "import sys; print('here', flush=True); sys.stdin.read(); print('bye', flush=True)"
STUBBORN = (
    "import signal, sys; signal.signal(15, signal.SIG_IGN); print('here', flush=True)\nwhile True: signal.pause()"
)


class Heard:
    """A child whose lines one can wait for."""

    def __init__(self, code: str) -> None:
        self.lines: asyncio.Queue[str] = asyncio.Queue()
        self.child = Child("it", lambda: ["-c", code], plain(), self.lines.put_nowait)

    async def line(self) -> str:
        return await asyncio.wait_for(self.lines.get(), PATIENCE)


@asynccontextmanager
async def kept(code: str) -> AsyncIterator[tuple[Heard, asyncio.Task[None]]]:
    heard = Heard(code)
    task = asyncio.create_task(heard.child.keep())
    yield heard, task
    heard.child.end()
    heard.child.kill()
    await asyncio.wait([task], timeout=PATIENCE)


async def test_one_that_is_ended_is_not_started_again() -> None:
    async with kept(POLITE) as (heard, task):
        assert await heard.line() == "here"
        heard.child.end()
        await asyncio.wait_for(task, PATIENCE)
        assert heard.child.starts == 1
        assert heard.child.pid is None


async def test_one_that_ends_by_itself_starts_again_with_longer_and_longer_pauses(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.1)
    caplog.set_level("INFO", logger="recovery.fleet")
    async with kept("print('here')\nraise SystemExit(3)") as (heard, _):
        for _ in range(4):
            assert await heard.line() == "here"
    pauses = re.findall(r"it ended with 3, starts again in ([\d.]+) s", caplog.text)
    assert pauses[:3] == ["0.1", "0.2", "0.4"]


async def test_a_restart_is_clean_and_at_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="recovery.fleet")
    async with kept(POLITE) as (heard, _):
        await heard.line()
        heard.child.restart()
        assert await heard.line() == "here"
        assert heard.child.starts == 2
    assert "starts again in 0.0 s" in caplog.text


async def test_one_that_was_killed_stays_away_as_long_as_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="recovery.fleet")
    async with kept(POLITE) as (heard, _):
        await heard.line()
        heard.child.fail(away=0.2)
        assert await heard.line() == "here"
    assert f"was killed by signal {signal.SIGKILL:d}, starts again in 0.2 s" in caplog.text


async def test_one_that_does_not_listen_is_killed_when_its_keeping_is_cancelled() -> None:
    async with kept(STUBBORN) as (heard, task):
        await heard.line()
        heard.child.end()
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE)
        assert task.done()
        assert heard.child.pid is None


async def test_an_interpreter_that_cannot_start_is_tried_again_and_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="recovery.fleet")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    async with kept("") as (heard, task):
        while "could not start" not in caplog.text:  # noqa: ASYNC110 - a log sets no event
            await asyncio.sleep(0.01)
        heard.child.end()
        await asyncio.wait_for(task, PATIENCE)
        assert heard.child.starts == 0


def test_a_process_gets_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL", "RECOVERY_TOKEN", "RECOVERY_URL"):
        monkeypatch.setenv(name, "secret")
    assert "secret" not in plain().values()
    assert linked("http://x", "t", "1")["RECOVERY_TOKEN"] == "t"
