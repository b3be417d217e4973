"""The client: tells the console what happens in this process, and carries out what operators ask for.

``recovery.connect()`` is all that a service calls. Nothing here is touched by a guarded call; one daemon thread reads
the engine's counters, and the console being away changes nothing but that it is told later.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from .client import Client, current, install
from .config import Check, options
from .status import Status

__all__ = ["Client", "Status", "connect", "current"]


def connect(
    url: str | None = None,
    token: str | None = None,
    *,
    service_version: str | None = None,
    restore: bool = False,
    state_file: str | os.PathLike[str] | None = None,
    labels: Mapping[str, str] | None = None,
    logs: int | bool | str | None = None,
    transport: str = "auto",
    restart: Callable[[], object] | None = None,
    checks: Mapping[str, Check] | None = None,
) -> Client:
    """Link this process with a console; returns at once and never raises for a console that is away.

    ``url`` and ``token`` come from ``RECOVERY_URL`` and ``RECOVERY_TOKEN`` where they are not given,
    ``service_version`` from ``RECOVERY_VERSION``; without a url nothing happens. ``restore``: breakers that were OPEN
    in the process before stay so for what is left of their wait. ``state_file``: where the last desired state is kept
    for when the console is away. ``logs``: ship log records from this level on. ``transport``: "auto", "websocket" or
    "http". ``restart()`` restarts the process when an operator asks; ``checks`` are health checks to run in it, by
    name.

    Calling it again with the same options changes nothing; with others, the client before is closed. Raises ValueError
    for options that make no sense.
    """
    wanted = options(
        url,
        token,
        service_version=service_version,
        restore=restore,
        state_file=state_file,
        labels=labels,
        logs=logs,
        transport=transport,
        restart=restart,
        checks=checks,
    )
    known = current()
    if known is not None and known.options == wanted and known.status().state != "closed":
        return known
    return install(Client(wanted))
