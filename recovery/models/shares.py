"""A share of a service's processes: by a hash of each one's id, so that nobody has to keep a list of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

SHARE = "share"
WHOLE = 100.0


def place(uid: str, salt: str = "") -> float:
    """Where a process stands between 0 and 100; the same wherever and whenever it is asked."""
    digest = hashlib.blake2b(uid.encode("utf-8", "surrogatepass"), key=salt.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") * WHOLE / 2**64


def falls_in(values: Sequence[str], uid: str) -> bool:
    """Whether a process falls into the share: ``values`` are its per cent, and the salt of the hash if there is one."""
    percent, salt = float(values[0]), values[1] if len(values) > 1 else ""
    return place(uid, salt) < percent
