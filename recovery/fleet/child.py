"""One process of the fleet, seen from its supervisor: kept running, ended, killed."""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic

log = logging.getLogger("recovery.fleet")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before it is started again
STEADY = 20.0  # seconds after which it counts as healthy again


class Child:
    """``arguments`` of the interpreter, asked at each start; ``output``: where it writes (None: where we do), or who
    is told its lines."""

    def __init__(
        self,
        name: str,
        arguments: Callable[[], Sequence[str]],
        environ: Mapping[str, str],
        output: int | Callable[[str], None] | None = None,
    ) -> None:
        self.name = name
        self.starts = 0
        self._arguments, self._environ, self._output = arguments, environ, output
        self._process: Process | None = None
        self._ending = asyncio.Event()
        self._away: float | None = None

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        return self._process.pid if self._process is not None else None

    async def keep(self) -> None:
        """Run it, again and again, until it shall end."""
        pause = FIRST_PAUSE
        while not self._ending.is_set():
            began = monotonic()
            said = await self._live()
            if self._ending.is_set():
                return
            if monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            wait, self._away = (pause if self._away is None else self._away), None
            log.info("%s %s, starts again in %.1f s", self.name, said, wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), wait)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _live(self) -> str:
        """From its start to its end; returns how it ended."""
        stdout = PIPE if callable(self._output) else self._output
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", *self._arguments()),
                env=dict(self._environ),
                stdin=PIPE,  # never written to: its end tells the child that we are gone
                stdout=stdout,
                start_new_session=True,  # Ctrl-C reaches us alone; we say when the others end
            )
        except OSError as error:
            return f"could not start: {error}"
        self._process = process
        self.starts += 1
        log.info("%s is process %d", self.name, process.pid)
        try:
            if self._ending.is_set():
                self._ask()
            await self._listen(process)
            code = await process.wait()
        except asyncio.CancelledError:
            self.kill()
            await process.wait()
            raise
        finally:
            self._process = None
            if process.stdin is not None:
                process.stdin.close()
        return f"ended with {code}" if code >= 0 else f"was killed by signal {-code}"

    async def _listen(self, process: Process) -> None:
        if callable(self._output) and process.stdout is not None:
            async for line in process.stdout:
                self._output(line.decode(errors="replace").rstrip())

    def restart(self) -> None:
        """Let it end cleanly, and start again."""
        self._away = 0.0
        self._ask()

    def fail(self, away: float) -> None:
        """Kill it; it is started again ``away`` seconds later."""
        self._away = away
        self.kill()

    def end(self) -> None:
        """Let it end cleanly, for good."""
        self._ending.set()
        self._ask()

    def _ask(self) -> None:
        if self._process is not None:
            if self._ending.is_set() and self._process.stdin is not None:
                self._process.stdin.close()
            with suppress(ProcessLookupError):
                self._process.terminate()

    def kill(self) -> None:
        """End it at once, unless it has."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
