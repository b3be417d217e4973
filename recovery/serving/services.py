"""What runs beside the web in `up`: a table of services, each a coroutine function named by a string.

`run(options)` lives until it is cancelled; what it must save, it saves in its `finally`. One that fails is started
again after a pause. One that returns is done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Options:
    """What `up` was asked for, as services get it."""

    host: str
    port: int
    demo: bool = False
    worker: bool = True

    @property
    def url(self) -> str:
        """Where this console answers on this machine."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


Run = Callable[[Options], Awaitable[None]]


@dataclass(frozen=True)
class Service:
    """One of them. `last`: it goes after the sockets are closed, such as the writer that drains what came in."""

    name: str
    target: str  # "package.module:function"
    wanted: Callable[[Options], bool] = lambda _options: True
    last: bool = False

    def load(self) -> Run:
        """The function itself."""
        module, _, function = self.target.partition(":")
        found: Run = getattr(import_module(module), function)
        return found


def with_worker(options: Options) -> bool:
    """For services that `--no-worker` leaves out."""
    return options.worker


def with_demo(options: Options) -> bool:
    """For services that only `--demo` starts."""
    return options.demo


# In the order of their start; they stop the other way round.
SERVICES: tuple[Service, ...] = (
    Service("ingest", "recovery.ingest.service:run", last=True),
    Service("links", "recovery.ingest.service:run_links"),
    Service("pages", "recovery.views.live:run"),
    Service("worker", "recovery.worker.service:run", wanted=with_worker),
    Service("demo", "recovery.serving.demo:run", wanted=with_demo),
)


def wanted(options: Options, services: tuple[Service, ...] = SERVICES) -> list[Service]:
    """Those that this `up` runs."""
    return [service for service in services if service.wanted(options)]
