"""The house of the design's pictures, to be looked at: open, probing, held, closed, watched, silent."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from recovery import moment
from recovery.models import Check, CheckResult, Hold, Service
from tests import factories as make


def build() -> None:
    """All of it."""
    metadata, storage, payments = make.service("metadata"), make.service("storage"), make.service("payments")
    _open(metadata)
    _probing(storage)
    _held(payments)
    _download(make.service("download"))
    _students(make.service("students"))
    _checks(metadata)


def _open(of: Service) -> None:
    hosts = ("web-1", "web-1", "web-2")
    its = [make.process(of, host, version="1.3.0") for host in hosts]
    failure = {
        "last_failure_type": "TimeoutError",
        "last_failure_text": "no answer within 2 s",
        "last_failure_at": make.ago(minutes=2),
    }
    breaker = make.breaker(of, "metadata.get_video", "OPEN", on=its, **failure)
    make.tens(
        breaker,
        41,
        refused=lambda back: float(back < 134),
        failed=lambda back: 0.9 if back < 180 else 0.03,
        seconds=1200,
    )
    make.minutes(breaker, 41, refused=lambda back: float(back < 134 or 1800 < back < 2100), failed=lambda back: 0.02)
    evidence = {
        "consecutive_failures": 5,
        "calls": 100,
        "failures": 9,
        "last_failure": "TimeoutError: no answer within 2 s",
    }
    make.transition(its[0], breaker, "CLOSED", "OPEN", evidence=evidence, at=make.ago(seconds=136))
    for each in its[1:]:
        make.transition(each, breaker, "CLOSED", "OPEN", evidence=evidence, at=make.ago(seconds=134))
    make.transition(its[0], breaker, "HALF-OPEN", "CLOSED", cause="3 probes succeeded", at=make.ago(minutes=27))
    make.transition(its[0], breaker, "OPEN", "HALF-OPEN", cause="waited 60 s", at=make.ago(minutes=27, seconds=5))
    make.transition(its[0], breaker, "CLOSED", "OPEN", evidence=evidence, at=make.ago(minutes=28, seconds=57))
    group = make.error(
        of, "ReadTimeout: no answer from the upstream within 2 s", breaker=breaker.name, operation=breaker.name
    )
    trace = (
        'Traceback (most recent call last):\n  File "/srv/app/services/metadata/client.py", line 88, in get_video\n'
        "    response = await self.http.get(url, timeout=2.0)\n"
        '  File "/usr/lib/python3.11/site-packages/httpx/_client.py", line 1757, in get\n'
        "    return await self.request(\n"
        "httpx.ReadTimeout: no answer from the upstream within 2 s\n"
    )
    context = {"operation_name": "get_video", "video_id": "test-123", "quality": "1080p", "api_key": "[removed]"}
    for attempt in (3, 2, 1):
        make.occurrence(
            group,
            its[0],
            traceback=trace,
            context=context,
            attempt=attempt,
            will_retry=attempt < 3,
            at=make.ago(seconds=4 * (4 - attempt)),
        )
    make.error(
        of, "HTTPStatusError: 503 Service Unavailable", category="transient", reason="service_unavailable", count=1902
    )


def _probing(of: Service) -> None:
    its = [make.process(of, f"web-{i}") for i in (1, 2, 3)]
    breaker = make.breaker(of, "storage.put", "HALF-OPEN", since=make.ago(seconds=12), cause="waited 60 s")
    for each, state in zip(its, ("HALF-OPEN", "CLOSED", "CLOSED"), strict=True):
        make.stands(each, breaker, state)
    make.tens(breaker, 3.1, failed=lambda back: 0.33 if back < 450 else 0.0)


def _held(of: Service) -> None:
    its = [make.process(of, f"pay-{i}") for i in range(4)]
    breaker = make.breaker(of, "payments.charge", "FORCED-OPEN", on=its, cause="provider maintenance")
    ends = moment.now() + timedelta(minutes=21)
    Hold.objects.create(
        service=of,
        breaker=breaker.name,
        kind="trip",
        reason="provider maintenance",
        actor="ana",
        revision=1,
        created_at=make.ago(minutes=9),
        ends_at=ends,
    )


def _download(of: Service) -> None:
    its = [make.process(of, f"dl-{i}") for i in range(4)]
    for name, rate, failed, bucket in (("fetch", 128, 0.004, 29), ("resume", 12.5, 0.011, 29)):
        breaker = make.breaker(of, f"download.{name}", on=its, since=make.ago(days=4, hours=2))
        make.tens(breaker, rate, failed=failed, bucket=bucket)
    watched = make.breaker(of, "download.thumbnail", "METRICS-ONLY", on=its)
    make.tens(watched, 6, failed=0.08, bucket=27)
    ends = moment.now() + timedelta(hours=2)
    Hold.objects.create(
        service=of,
        breaker=watched.name,
        kind="observe",
        reason="learning its rhythm",
        actor="ben",
        revision=1,
        created_at=make.ago(minutes=9),
        ends_at=ends,
    )


def _students(of: Service) -> None:
    its = [make.process(of, f"web-{i}", version="1.14.0") for i in (1, 2)]
    cut = make.process(of, "web-3", version="1.14.0", silence="cut-off")
    make.tens(make.breaker(of, "students.get", on=its), 64, bucket=23)
    notify = make.breaker(
        of,
        "students.notify",
        on=[*its, cut],
        last_failure_type="ConnectionError",
        last_failure_text="refused",
        last_failure_at=make.ago(hours=2),
    )
    make.tens(notify, 2.2, failed=0.029, bucket=30)
    make.breaker(of, "students.report", "", on=[cut])
    make.breaker(of, "students.old", "", on=[make.process(of, "web-9", silence="gone")])
    make.breaker(of, "students.idle", on=its)


def _checks(of: Service) -> None:
    times = {"created_at": make.ago(days=1), "last_run_at": make.ago(seconds=9), "next_run_at": make.ago(seconds=-21)}
    bad = Check.objects.create(
        service=of, name="upstream API", target="https://api.example.org/health", healthy=False, streak=4, **times
    )
    bad.breakers.set(of.breakers.all())
    good = Check.objects.create(
        service=of, name="cache", kind="tcp", target="cache:6379", healthy=True, streak=9, **times
    )
    for check in (bad, good):
        for back in range(20):
            healthy = check is good or back > 4
            text = "connected" if check is good else "200 OK" if healthy else "no answer within 5 s"
            at, run = make.ago(seconds=30 * back + 9), uuid4()
            CheckResult.objects.create(parent=check, run=run, at=at, healthy=healthy, latency_ms=12 + back, text=text)
