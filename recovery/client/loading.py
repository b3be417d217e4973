"""Libraries that a thread of ours loads. A fork waits until it has: the child would find the import half done, and its
lock held by a thread that it does not have, for ever.
"""

from __future__ import annotations

import codecs
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.RLock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


@contextmanager
def undivided() -> Iterator[None]:
    """No fork happens in this block."""
    with _lock:
        codecs.lookup("idna")  # looking up the console's name would load it
        yield
