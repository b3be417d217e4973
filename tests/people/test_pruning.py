"""What throttling leaves behind goes with the rest; the audit stays."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session

from recovery import moment
from recovery.models import AuditEntry, Throttle
from recovery.rollups.pruning import prune
from tests import factories as make


def test_old_counts_and_dead_sessions_go_and_entries_stay() -> None:
    now = moment.now()
    Throttle.objects.create(key="old", last_at=now - timedelta(days=2))
    Throttle.objects.create(key="new", last_at=now)
    Session.objects.create(session_key="dead", session_data="", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="live", session_data="", expire_date=now + timedelta(hours=1))
    AuditEntry.objects.create(at=make.ago(days=5_000), actor="ana", act="trip")
    prune(now)
    assert list(Throttle.objects.values_list("key", flat=True)) == ["new"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["live"]
    assert AuditEntry.objects.count() == 1
