"""The last-known-good desired state on disk: written atomically, for its owner only, believed only if it decodes."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec

from recovery.wire import Desired

_log = logging.getLogger("recovery.client")


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """``offset``: how much the console's clock was ahead, for the ends of holds. ``link``: whose state it is."""

    desired: Desired
    offset: float
    link: str


class StateFile:
    """One file. Whatever goes wrong is logged once and changes nothing else."""

    def __init__(self, path: str | os.PathLike[str], link: str) -> None:
        self._path = Path(path)
        self._link = link
        self._complained = False
        self._written: Saved | None = None

    def save(self, desired: Desired, offset: float) -> None:
        """Replace what is there; a reader sees the old or the new, never half of it."""
        saved = Saved(desired=desired, offset=offset, link=self._link)
        if self._written is not None and self._written.desired == desired and abs(self._written.offset - offset) < 1:
            return
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(saved))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            self._written = saved
        except OSError as error:
            fresh.unlink(missing_ok=True)
            self._complain("written", error)

    def load(self) -> Saved | None:
        """What was saved for this link, if it can be read and is whole."""
        try:
            saved = msgspec.json.decode(self._path.read_bytes(), type=Saved)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            self._complain("read", error)
            return None
        return saved if saved.link == self._link else None

    def _complain(self, what: str, error: Exception) -> None:
        if not self._complained:
            self._complained = True
            _log.warning("the state file %s cannot be %s: %s (said once)", self._path, what, error)
