"""One service: its processes with their clients' health, when they were linked, its tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery import moment
from recovery.models import LinkInterval, Process, Service, Token
from recovery.queries.linking import LINKED, is_linked, silence
from recovery.queries.services.listed import COLUMNS, WANTED, Listed, listed

MOST_PROCESSES, MOST_LINKS, MOST_TOKENS = 100, 30, 50


@dataclass(frozen=True, slots=True)
class Running:
    """One process."""

    id: int
    uid: str
    host: str
    pid: int
    version: str
    engine_version: str
    started_at: datetime | None
    heard_at: datetime
    silence: str
    applied_revision: int
    clock_offset_ms: int
    lag: float | None  # s, of its client's sampling
    waiting: int | None  # events and slots that are not acknowledged
    dropped: int | None

    @property
    def linked(self) -> bool:
        """Now."""
        return self.silence == LINKED

    @property
    def clock_wrong(self) -> bool:
        """Whether its clock is so far off that people should know."""
        return abs(self.clock_offset_ms) >= 2_000

    @property
    def clock_off(self) -> float:
        """By how much (s)."""
        return abs(self.clock_offset_ms) / 1000


@dataclass(frozen=True, slots=True)
class Processes:
    """Those that are linked first, then the ones heard last."""

    service: int
    revision: int
    rows: tuple[Running, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Link:
    """A time during which a process was linked."""

    process: str
    began_at: datetime
    ended_at: datetime | None
    ending: str


@dataclass(frozen=True, slots=True)
class TokenSeen:
    """A token, as far as it may be seen."""

    id: int
    prefix: str
    label: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class One:
    """A service."""

    listed: Listed
    processes: Processes
    links: tuple[Link, ...]
    tokens: tuple[TokenSeen, ...]


def one(name: str, environment: str) -> One | None:
    """Nine queries."""
    found = Service.objects.filter(name=name, environment=environment)
    row = found.values_list(*COLUMNS).first()
    if row is None:
        return None
    return One(listed([row])[0], _processes(row[0], row[3]), _links(row[0]), _tokens(row[0]))


def processes(key: int) -> Processes | None:
    """Three queries."""
    revision = Service.objects.filter(pk=key).values_list(WANTED, flat=True).first()
    return None if revision is None else _processes(key, revision)


def contact(key: int) -> Listed | None:
    """Whether anybody has called in yet. Five queries."""
    row = Service.objects.filter(pk=key).values_list(*COLUMNS).first()
    return listed([row])[0] if row else None


def newest() -> Listed | None:
    """The service that was made last. Five queries, or one where there is none."""
    row = Service.objects.order_by("-pk").values_list(*COLUMNS).first()
    return listed([row])[0] if row else None


def _processes(key: int, revision: int) -> Processes:
    its = Process.objects.filter(service=key)
    shown = its.annotate(linked=is_linked()).order_by("-linked", "-heard_at", "pk")[:MOST_PROCESSES]
    now = moment.now()
    return Processes(key, revision, tuple(_running(each, now) for each in shown), its.count())


def _running(each: Any, now: datetime) -> Running:
    client: Mapping[str, Any] = each.client or {}
    dropped = client.get("dropped")
    same = ("id", "uid", "host", "pid", "version", "engine_version", "started_at", "heard_at", "applied_revision")
    return Running(
        silence=silence(linked=each.linked, left_at=each.left_at, heard_at=each.heard_at, now=now),
        clock_offset_ms=each.clock_offset_ms,
        lag=client.get("lag_seconds"),
        waiting=client.get("waiting"),
        dropped=sum(dropped.values()) if isinstance(dropped, Mapping) else None,
        **{name: getattr(each, name) for name in same},
    )


def _links(key: int) -> tuple[Link, ...]:
    its = LinkInterval.objects.filter(process__service=key).select_related("process").order_by("-pk")[:MOST_LINKS]
    return tuple(Link(str(each.process), each.began_at, each.ended_at, each.ending) for each in its)


def _tokens(key: int) -> tuple[TokenSeen, ...]:
    its = Token.objects.filter(service=key).order_by("revoked_at", "-created_at").select_related("created_by")
    same = ("id", "prefix", "label", "created_at", "last_used_at", "revoked_at")
    return tuple(
        TokenSeen(
            created_by=each.created_by.get_username() if each.created_by else "",
            **{name: getattr(each, name) for name in same},
        )
        for each in its[:MOST_TOKENS]
    )
