"""What is handed to the writer: one report of one process, and whom to tell when it is kept."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from recovery import wire
from recovery.moment import now


@dataclass(frozen=True, slots=True)
class Peer:
    """A linked process. ``offset``: how many seconds its clock is ahead of ours."""

    service: int
    process: int
    interval: int
    uid: str
    host: str = ""
    version: str = ""
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Greet:
    """A process says hello. ``lasting``: on a link of its own, not by single requests."""

    service: int
    token: int
    hello: wire.Hello
    lasting: bool = True
    known: Peer | None = None  # it is linked already and only asks for a new welcome


@dataclass(frozen=True, slots=True)
class Heard:
    """These processes were heard, and when: (process, interval, moment, offset)."""

    marks: tuple[tuple[int, int, datetime, float], ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """A link has ended: bye, lost, replaced, restart, revoked, protocol."""

    process: int
    interval: int
    ending: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Directives of these revisions went to these processes."""

    service: int
    pairs: tuple[tuple[int, int], ...]  # process, revision


Report = wire.Declare | wire.Slice | wire.Events | wire.Applied
Work = Report | Greet | Heard | Leave | Sent


@dataclass(frozen=True, slots=True)
class Refused:
    """It can never be kept."""

    why: str


def _nobody(_: Any) -> None:
    """Nobody waits for it."""


@dataclass(slots=True)
class Job:
    """One piece of work. ``done`` is called with the result, once it is committed or refused.

    Where there is a ``loop`` it is called there, together with all others of the same commit, else in the writer's
    thread.
    """

    work: Work
    peer: Peer | None = None
    done: Callable[[Any], None] = _nobody
    loop: AbstractEventLoop | None = None
    size: int = 0
    received: datetime = field(default_factory=now)

    @property
    def rows(self) -> int:
        """About how many rows it writes: what a group commit is measured by."""
        work = self.work
        if isinstance(work, wire.Events):
            return max(1, len(work.events))
        if isinstance(work, wire.Declare):
            return max(1, len(work.breakers) + len(work.operations))
        if isinstance(work, Heard):
            return max(1, len(work.marks))
        return max(1, len(work.pairs)) if isinstance(work, Sent) else 1
