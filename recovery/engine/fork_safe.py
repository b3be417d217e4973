"""Locks that a forked child finds open: one that another thread of the parent held would stay shut there for ever."""

from __future__ import annotations

import os
from _thread import allocate_lock
from _weakrefset import WeakSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_owners: WeakSet[Any] = WeakSet()


def give_lock(owner: Any) -> None:
    """Set ``owner._lock``, now and again in every forked child."""
    owner._lock = allocate_lock()
    _owners.add(owner)


def _renew() -> None:
    for owner in _owners:
        owner._lock = allocate_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
