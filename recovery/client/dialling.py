"""Reaching the console without standing still: the attempt runs on a short-lived thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .transport import LinkError, Transport


class Dialling:
    """One attempt. Given up, it closes what it may still open."""

    def __init__(self, dial: Callable[[], Transport], wake: threading.Event) -> None:
        self._dial = dial
        self._wake = wake
        self._lock = threading.Lock()
        self._given_up = False
        self.transport: Transport | None = None
        self.error: LinkError | None = None
        threading.Thread(target=self._run, name="recovery-dial", daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether it has come to an end."""
        return self.transport is not None or self.error is not None

    def give_up(self) -> None:
        """Nobody waits for it any more."""
        with self._lock:
            self._given_up = True
            if self.transport is not None:
                self.transport.close()

    def _run(self) -> None:
        try:
            made = self._dial()
        except LinkError as error:
            self.error = error
        except Exception as error:  # a library's, or a bug of ours: the client lives on
            self.error = LinkError(f"{type(error).__name__}: {error}")
        else:
            with self._lock:
                if self._given_up:
                    made.close()
                self.transport = made
        self._wake.set()
