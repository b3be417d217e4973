"""A made-up house for tests of queries and pages: services, processes, breakers, numbers, people."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from recovery import moment
from recovery.models import (
    Breaker,
    BreakerMinute,
    BreakerNow,
    BreakerTen,
    ErrorGroup,
    LinkInterval,
    Membership,
    Occurrence,
    Process,
    Service,
    Transition,
)

_numbers = itertools.count(1)
CONFIG = {
    "failure_threshold": 5,
    "failure_rate": None,
    "window": "count",
    "window_size": 100,
    "recovery_timeout": 60.0,
    "half_open_permits": 1,
    "half_open_successes": 3,
}


def ago(**length: float) -> datetime:
    """So long before now."""
    return moment.now() - timedelta(**length)


def person(role: str | None = "viewer", name: str = "") -> Any:
    """Somebody with this role; None: signed in, but without one."""
    user = get_user_model().objects.create_user(
        name or f"{role or 'nobody'}-{next(_numbers)}", password="a long password"
    )
    if role:
        Membership.objects.create(user=user, role=role)
    return user


def browser(role: str = "viewer") -> Client:
    """One in which somebody of this role is signed in; "stranger" has none, "anonymous" is not signed in."""
    client = Client()
    if role != "anonymous":
        client.force_login(person(None if role == "stranger" else role))
    return client


def service(name: str = "download", environment: str = "production") -> Service:
    """A service, made once."""
    defaults = {"created_at": ago(days=3)}
    return Service.objects.get_or_create(name=name, environment=environment, defaults=defaults)[0]


def process(of: Service, host: str = "web-1", *, silence: str = "", version: str = "2.8.1", **fields: Any) -> Process:
    """One that is linked; `silence` makes it cut-off, gone (it said bye) or lost (cut off long ago)."""
    number = next(_numbers)
    heard = {"": ago(seconds=1), "cut-off": ago(seconds=41), "gone": ago(minutes=2), "lost": ago(hours=3)}[silence]
    wanted = {
        "service": of,
        "uid": f"{host}-{number}",
        "host": host,
        "pid": 4000 + number,
        "version": version,
        "started_at": ago(hours=5),
        "first_seen_at": ago(hours=5),
        "heard_at": heard,
        "left_at": heard if silence == "gone" else None,
        "client": {"waiting": 0, "dropped": {}, "lag_seconds": 0.002},
    }
    made = Process.objects.create(**wanted | fields)
    ended = {"ended_at": heard, "ending": "bye" if silence == "gone" else "lost"} if silence else {}
    LinkInterval.objects.create(process=made, began_at=ago(hours=5), heard_at=heard, **ended)
    return made


def breaker(
    of: Service, name: str = "", state: str = "CLOSED", *, on: Iterable[Process] = (), **fields: Any
) -> Breaker:
    """A breaker in this state, in these processes."""
    wanted = {
        "service": of,
        "name": name or f"{of.name}.call-{next(_numbers)}",
        "state": state,
        "since": ago(minutes=2, seconds=14) if state else None,
        "cause": "5 failures in a row" if state == "OPEN" else "",
        "code_config": CONFIG,
        "first_seen_at": ago(days=2),
    }
    made = Breaker.objects.create(**wanted | fields)
    for each in on:
        stands(each, made, state or "CLOSED")
    return made


def stands(where: Process, what: Breaker, state: str = "CLOSED", **fields: Any) -> BreakerNow:
    """How a breaker stands in a process."""
    probe = moment.now() + timedelta(seconds=46) if state == "OPEN" else None
    wanted = {
        "since": what.since or ago(days=1),
        "cause": what.cause,
        "probe_at": probe,
        "config": CONFIG,
        "config_source": "code",
    }
    return BreakerNow.objects.create(process=where, breaker=what, state=state, **wanted | fields)


def slot(seconds_ago: float = 0) -> int:
    """The start of the slot that many seconds ago."""
    return int(moment.now().timestamp() - seconds_ago) // 10 * 10


def wave(what: Breaker, number: int) -> float:
    """A made-up swing around 1, the same every time."""
    return 0.7 + (zlib.crc32(f"{what.name} {number}".encode()) % 600) / 1000


def tens(
    what: Breaker,
    rate: float,
    *,
    failed: Callable[[int], float] | float = 0.0,
    refused: Callable[[int], float] | float = 0.0,
    seconds: int = 900,
    bucket: int = 28,
    model: Any = BreakerTen,
    width: int = 10,
) -> None:
    """Aggregates of the last seconds: calls a second; `failed` and `refused` are shares, or ask how long ago."""
    share = lambda what, back: what(back) if callable(what) else what  # noqa: E731
    rows = []
    for back in range(seconds, 0, -width):
        at = int(moment.now().timestamp() - back) // width * width
        calls = rate * width * wave(what, at)
        turned = round(calls * share(refused, back))
        admitted = max(0, round(calls) - turned)
        failures = round(admitted * share(failed, back))
        hist = {str(bucket - 1): admitted // 2, str(bucket): admitted - admitted // 2}
        rows.append(
            model(
                breaker=what,
                at=at,
                admitted=admitted,
                failures=failures,
                refused=turned,
                hist=hist,
                linked=1,
                worst="OPEN" if turned else "CLOSED",
            )
        )
    model.objects.bulk_create(rows)


def minutes(what: Breaker, rate: float, *, of: int = 60, **shares: Any) -> None:
    """The same by the minute."""
    tens(what, rate, seconds=of * 60, model=BreakerMinute, width=60, **shares)


def transition(where: Process, what: Breaker, before: str, after: str, **fields: Any) -> Transition:
    """A change that a process told."""
    number = next(_numbers)
    wanted = {"seq": number, "sequence": number, "cause": "5 failures in a row", "at": ago(minutes=2), "evidence": {}}
    return Transition.objects.create(process=where, breaker=what, before=before, after=after, **wanted | fields)


def error(of: Service, title: str = "TimeoutError: timed out", **fields: Any) -> ErrorGroup:
    """A group of errors."""
    number = next(_numbers)
    wanted = {
        "fingerprint": f"fingerprint-{number}",
        "exception_type": title.partition(":")[0],
        "category": "transient",
        "reason": "timeout",
        "severity": "high",
        "count": 214,
        "retried": 152,
        "first_seen_at": ago(minutes=20),
        "last_seen_at": ago(seconds=4 + number % 50),
        "suggestions": ["Check network connectivity", "Verify proxy settings"],
    }
    return ErrorGroup.objects.create(service=of, title=title, **wanted | fields)


def occurrence(of: ErrorGroup, where: Process, **fields: Any) -> Occurrence:
    """One of them."""
    wanted = {"seq": next(_numbers), "at": ago(seconds=30), "message": of.title, "severity": of.severity}
    return Occurrence.objects.create(group=of, process=where, **wanted | fields)
