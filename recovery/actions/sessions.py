"""Sessions of a person, ended at once: what their browsers hold is worth nothing any more."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from recovery.live.hints import hint_on_commit
from recovery.moment import now


def end_sessions(user: Any) -> int:
    """Delete them, in the transaction of whatever ends them; their sockets close when it is committed. How many."""
    live = Session.objects.filter(expire_date__gt=now()).iterator(chunk_size=500)
    keys = [row.session_key for row in live if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(session_key__in=keys).delete()
    hint_on_commit("person", user.pk)
    return len(keys)
