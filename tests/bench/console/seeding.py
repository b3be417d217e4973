"""A house of rows for pages to be asked for: made by the database itself, so that a million of them take seconds."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from recovery import moment
from recovery.actions.actor import machine
from recovery.actions.services import make_service
from recovery.actions.tokens import create_token
from recovery.models import Breaker, BreakerNow, ErrorGroup, LinkInterval, Membership, Process, Service

PROCESSES = 5  # of each service of a house
AHEAD = timedelta(minutes=30)  # nobody is swept while it is looked at
WORST = ("OPEN", "HALF-OPEN", "FORCED-OPEN", "")
CONFIG = {
    "failure_threshold": 5,
    "failure_rate": None,
    "window": "count",
    "window_size": 100,
    "recovery_timeout": 60.0,
    "half_open_permits": 1,
    "half_open_successes": 3,
}
_SERIES = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) "
_HISTOGRAM = '{"21": 3, "22": 9, "23": 14, "24": 11, "25": 5, "26": 2, "27": 1, "29": 1}'


def services(count: int) -> dict[str, str]:
    """Services by name with the secret of a token each."""
    actor = machine("bench", "command")
    names = [f"service-{number:03}" for number in range(count)]
    return {name: create_token(make_service(name, actor=actor), actor=actor).secret for name in names}


def house(breakers: int, minutes: int = 15) -> int:
    """So many breakers, 100 to a service, each in every process of its service; how many rows of ten seconds."""
    now = moment.now()
    made = [Service(name=f"house-{n:03}", created_at=now) for n in range(max(1, breakers // 100))]
    Service.objects.bulk_create(made)
    times = {"first_seen_at": now, "heard_at": now + AHEAD, "started_at": now, "version": "2.8.1"}
    processes = [
        Process(service=each, uid=f"{each.name}-{n}", host=f"web-{n}", pid=4000 + n, client={"waiting": 0}, **times)
        for each in made
        for n in range(PROCESSES)
    ]
    Process.objects.bulk_create(processes)
    links = (LinkInterval(process=each, began_at=now, heard_at=now + AHEAD) for each in processes)
    LinkInterval.objects.bulk_create(links)
    _breakers(made, processes, breakers // len(made))
    _errors(made)
    return _tens(minutes)


def _breakers(made: list[Service], processes: list[Process], each: int) -> None:
    now = moment.now()
    rows = [
        Breaker(service=service, name=f"{service.name}.call-{n:03}", first_seen_at=now, **_standing(n, now))
        for service in made
        for n in range(each)
    ]
    Breaker.objects.bulk_create(rows, batch_size=500)
    of: dict[int, list[Process]] = {}
    for process in processes:
        of.setdefault(process.service_id, []).append(process)
    now_rows = (
        BreakerNow(
            process=process,
            breaker=row,
            state=str(row.state) or "CLOSED",
            since=now,
            config=CONFIG,
            config_source="code",
        )
        for row in rows
        for process in of[row.service_id]
    )
    BreakerNow.objects.bulk_create(now_rows, batch_size=1000)


def _standing(number: int, now: Any) -> dict[str, Any]:
    """One in fifty is in trouble: enough to fill the attention list of a large house."""
    state = WORST[number // 50 % len(WORST)] if number % 50 == 7 else "CLOSED"
    failure = {"last_failure_type": "TimeoutError", "last_failure_text": "no answer in 2 s", "last_failure_at": now}
    told = {"cause": "5 failures in a row", **failure} if state == "OPEN" else {}
    return {"state": state, "since": now if state else None, "code_config": CONFIG, **told}


def _errors(made: list[Service]) -> None:
    now = moment.now()
    words = {"exception_type": "TimeoutError", "category": "transient", "reason": "timeout", "severity": "high"}
    rows = (
        ErrorGroup(
            service=service,
            fingerprint=f"{service.pk}-{n}",
            title=f"TimeoutError: no answer from upstream {n}",
            count=n,
            first_seen_at=now,
            last_seen_at=now - timedelta(seconds=n),
            **words,
        )
        for service in made
        for n in range(20)
    )
    ErrorGroup.objects.bulk_create(rows, batch_size=500)


def _tens(minutes: int) -> int:
    """Rows of ten seconds up to now and a little beyond, so that they are not late while pages are asked for."""
    first = int(time.time()) // 10 * 10 - minutes * 60
    return _spread("recovery_breakerten", first, 10, minutes * 6 + 60)


def history(days: int) -> int:
    """Minutes (of a week at most), hours and days before now for every breaker there is; how many rows."""
    now, count = int(time.time()), 0
    for table, seconds, kept in (
        ("recovery_breakerminute", 60, 7),
        ("recovery_breakerhour", 3600, 90),
        ("recovery_breakerday", 86_400, 730),
    ):
        span = min(days, kept) * 86_400
        count += _spread(table, (now - span) // seconds * seconds, seconds, span // seconds)
    return count


def _spread(table: str, first: int, step: int, count: int) -> int:
    """A row for each breaker and each of so many steps from the first."""
    kind = "jsonb" if connection.vendor == "postgresql" else "text"
    calls = "40 + (b.id * 7 + n.i * 13) % 60"
    statement = (
        f"INSERT INTO {table} (breaker_id, at, admitted, failures, ignored, slow, refused, fallbacks, hist, worst, "
        "linked) "
        + _SERIES.format(last=count - 1)
        + f"SELECT b.id, {first} + n.i * {step}, {calls}, (b.id + n.i) % 4, 0, 0, "
        f"CASE WHEN b.state = 'OPEN' THEN {calls} ELSE 0 END, 0, CAST('{_HISTOGRAM}' AS {kind}), b.state, {PROCESSES} "
        "FROM recovery_breaker b, n WHERE true ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def past(count: int) -> int:
    """Processes that are no more: a third said goodbye, the others were killed without a word, over the last days."""
    now = moment.now()
    homes = list(Service.objects.order_by("pk").values_list("pk", flat=True))
    names = {home: list(Breaker.objects.filter(service=home).values_list("pk", flat=True)[:20]) for home in homes}
    rows = []
    for n in range(count):
        heard = now - timedelta(seconds=60 + n * 86_400 * 3 / count)
        home = homes[n % len(homes)]
        times = {"first_seen_at": heard, "heard_at": heard, "left_at": heard if n % 3 == 0 else None}
        rows.append(Process(service_id=home, uid=f"past-{n}", host=f"gone-{n % 50}", pid=n, version="2.7.0", **times))
    Process.objects.bulk_create(rows, batch_size=500)
    links = (LinkInterval(process=p, began_at=p.heard_at, heard_at=p.heard_at, ended_at=p.heard_at) for p in rows)
    LinkInterval.objects.bulk_create(links, batch_size=500)
    now_rows = (
        BreakerNow(process=p, breaker_id=key, state="CLOSED", since=now, config=CONFIG, config_source="code")
        for p in rows
        for key in names[p.service_id]
    )
    BreakerNow.objects.bulk_create(now_rows, batch_size=1000)
    return len(rows)


def session(role: str = "operator") -> dict[str, str]:
    """Somebody of this role who is signed in: the cookie, and the token against forged forms."""
    user = get_user_model().objects.create_user(f"bench-{role}-{moment.now().timestamp()}")
    Membership.objects.create(user=user, role=role)
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    secret = "b" * 32
    return {"cookie": f"recovery_session={store.session_key}; recovery_csrf={secret}", "csrf": secret}
