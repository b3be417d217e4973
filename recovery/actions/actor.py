"""Who asks for a change, and by which way it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Actor:
    """The one who acts. ``origin`` is page, api, worker or command; ``address`` where it came from, if anywhere."""

    name: str
    user: Any = None  # a django.contrib.auth user, or None for the machine
    origin: str = "page"
    address: str = ""
    request_id: str = ""


def nobody(user: Any, address: str = "", request_id: str = "") -> Actor:
    """Somebody who is not signed in; ``user`` is Django's anonymous one, who may nothing."""
    return Actor("not signed in", user=user, address=address, request_id=request_id)


def machine(name: str, origin: str = "worker") -> Actor:
    """The console itself: AutoRecovery, a command, the scheduler."""
    return Actor(name=name, origin=origin)
