"""Acknowledgements of one link, gathered so that one frame tells of everything that was committed together."""

from __future__ import annotations

from collections.abc import Callable

from recovery import wire


class Acks:
    """What the database has and the process does not know yet."""

    def __init__(self, send: Callable[[bytes], None], soon: Callable[[Callable[[], None]], object]) -> None:
        self._send, self._soon = send, soon
        self._slots: list[int] = []
        self._rejected: list[wire.Rejected] = []
        self._waiting = False
        self.seq = 0

    def add(self, *, slot: int | None = None, seq: int = 0, rejected: tuple[wire.Rejected, ...] = ()) -> None:
        """Something is kept, or can never be."""
        if slot is not None:
            self._slots.append(slot)
        self._rejected += rejected
        self.seq = max(self.seq, seq)
        if not self._waiting:
            self._waiting = True
            self._soon(self.flush)

    def flush(self) -> None:
        """Tell it now."""
        if not self._waiting:
            return
        self._waiting = False
        ack = wire.Ack(slots=tuple(self._slots), seq=self.seq, rejected=tuple(self._rejected))
        self._slots, self._rejected = [], []
        for frame in wire.encode(ack):
            self._send(frame)
