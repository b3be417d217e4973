"""The fleet: upstream, services and visitors, started, kept running and ended together."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import socket
import subprocess
import tempfile
from collections.abc import Coroutine, Mapping
from contextlib import suppress

from . import environment
from .child import Child
from .mishaps import mishaps
from .plan import BACKENDS, FLEET, SERVICES, Service

log = logging.getLogger("recovery.fleet")

READY_SECONDS = 20.0  # for the upstream to come up
END_SECONDS = 2.5  # until what has not ended is killed


class Fleet:
    """A fleet that reports to the console at ``url``, each service with its token; an empty ``url``: to nobody.

    ``seed``: of all that is random in it (None: never twice the same); ``pace``: below 1 everything goes by faster;
    ``output``: a file descriptor for the processes' logs (what crashes says so on our standard error anyway). Raises
    ValueError for missing tokens.
    """

    def __init__(
        self,
        url: str,
        tokens: Mapping[str, str],
        *,
        seed: int | None = None,
        pace: float = 1.0,
        output: int = subprocess.DEVNULL,
    ) -> None:
        if url and (missing := [name for name in SERVICES if not tokens.get(name)]):
            raise ValueError(f"no token for {', '.join(missing)}")
        self.url, self.tokens = url, dict(tokens)
        self.seed = seed if seed is not None else secrets.randbelow(1_000_000)
        self.pace = pace
        self.upstream: dict[str, int] = {}  # backend -> port
        self.children: list[Child] = []
        self._output = output
        self._tasks: list[asyncio.Task[None]] = []
        self._ready = asyncio.Event()
        self._folder = ""
        self._port = 0

    # -- start ---------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start everything. Raises OSError when the upstream does not come up; then nothing is left behind."""
        self._temporary = tempfile.TemporaryDirectory(prefix="recovery-fleet-", ignore_cleanup_errors=True)
        self._folder = self._temporary.name
        try:
            await self._start_upstream()
            self._port = free_port()
            services = [self._service(service, name) for service in FLEET for name in service.members]
            for child in (*services, self._visitors()):
                self._keep(child)
            self._run(mishaps(services, self.seed, self.pace))
        except BaseException:
            await self.stop(0.0)
            raise
        log.info("the fleet is up: seed %d, %d processes of %d services", self.seed, len(services), len(FLEET))

    async def _start_upstream(self) -> None:
        self._keep(Child("upstream", self._upstream_arguments, environment.plain(), self._upstream_said))
        try:
            await asyncio.wait_for(self._ready.wait(), READY_SECONDS)
        except TimeoutError:
            raise OSError(f"the fleet's upstream did not come up within {READY_SECONDS:.0f} s") from None

    def _upstream_arguments(self) -> list[str]:
        """Started again, it takes the ports that the services know."""
        ports = [f"{name}={self.upstream.get(name, 0)}" for name in BACKENDS]
        return ["-m", "recovery.fleet.upstream", str(self.seed), str(self.pace), *ports]

    def _upstream_said(self, line: str) -> None:
        if line.startswith("{"):
            self.upstream = json.loads(line)
            self._ready.set()
        else:
            log.info("upstream %s", line)

    def _service(self, service: Service, name: str) -> Child:
        environ = {
            **environment.plain(),
            **environment.linked(self.url, self.tokens.get(service.name, ""), service.version),
            **{f"FLEET_{backend.upper()}": f"http://127.0.0.1:{port}" for backend, port in self.upstream.items()},
            "FLEET_NAME": name,
            "FLEET_SEED": str(self.seed),
            "FLEET_PACE": str(self.pace),
            "FLEET_PORT": str(self._port),
            "FLEET_FOLDER": self._folder,
        }
        return Child(name, lambda: ["-m", service.module], environ, self._output)

    def _visitors(self) -> Child:
        arguments = ["-m", "recovery.fleet.visitors", f"http://127.0.0.1:{self._port}", str(self.seed)]
        return Child("visitors", lambda: arguments, environment.plain(), self._output)

    def _keep(self, child: Child) -> None:
        self.children.append(child)
        self._run(child.keep())

    def _run(self, coroutine: Coroutine[None, None, None]) -> None:
        self._tasks.append(asyncio.create_task(coroutine))

    # -- end -----------------------------------------------------------------------------------------------------------

    async def stop(self, patience: float = END_SECONDS) -> None:
        """End everything; what has not ended after ``patience`` seconds is killed. Stopping again does nothing."""
        tasks, self._tasks = self._tasks, []
        for child in self.children:
            child.end()
        keeping = tasks[: len(self.children)]
        for task in tasks[len(keeping) :]:
            task.cancel()
        if keeping:
            _, late = await asyncio.wait(keeping, timeout=patience)
            for task in late:
                task.cancel()  # kills its process
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(AttributeError):  # never started
            self._temporary.cleanup()


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
