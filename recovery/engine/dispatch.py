"""Deliveries off the hot path: many outlets, one queue, one daemon thread.

Whoever offers never waits and never sees an exception; a receiver that raises or dawdles concerns the dispatcher only.
Order is the order of offering, across all outlets. ``threading`` is imported with the first outlet, the thread starts
with the first offer, and a forked child begins afresh: own lock, empty queue, a thread when it offers something itself.
"""

from __future__ import annotations

from .fields import Field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .dispatcher import Dispatcher

_CAPACITY = Field(default=1000, kind="int", low=1, unit="items", help="How many may wait for one receiver.")
_CAPACITY.name = "capacity"

_dispatcher: Dispatcher | None = None


class Outlet:
    """A bounded way to one receiver: ``receive(item)`` is called on the dispatcher's thread.

    ``dropped`` counts what found ``capacity`` items waiting. Raises TypeError or ValueError for a receiver that cannot
    be called or a capacity below 1.
    """

    __slots__ = ("__weakref__", "_era", "_logged", "capacity", "closed", "dropped", "receive", "waiting")

    def __init__(self, receive: Callable[[Any], object], capacity: int = 1000) -> None:
        if not callable(receive):
            raise TypeError(f"an outlet needs something to call, got {type(receive).__name__}")
        if problem := _CAPACITY.problem(capacity):
            raise ValueError(f"Outlet: {problem}")
        self.receive = receive
        self.capacity = capacity
        self.closed = False
        self.dropped = 0
        self.waiting = 0
        self._era: object = None
        self._logged: frozenset[str] = frozenset()
        _the_dispatcher()

    def offer(self, item: object) -> bool:
        """Queue an item; False when it was dropped because ``capacity`` wait, or the outlet is closed."""
        return _the_dispatcher().offer(self, item)

    @property
    def full(self) -> bool:
        """Would an offer be dropped now?"""
        return self.waiting >= self.capacity and self._era is _the_dispatcher().era

    def close(self) -> None:
        """Deliver nothing more, not even what waits."""
        self.closed = True

    def deliver(self, item: object) -> None:
        """Hand one item to the receiver (the dispatcher's business); what it raises is logged once per type."""
        try:
            self.receive(item)
        except BaseException as error:  # also SystemExit: the thread serves others too
            self._log_once(error)

    def _log_once(self, error: BaseException) -> None:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        if kind in self._logged:
            return
        self._logged |= {kind}
        from logging import getLogger

        getLogger("recovery.dispatch").error(
            "receiver %r raised; further %s of it are not logged", self.receive, kind, exc_info=error
        )


def drain(timeout: float = 5.0) -> bool:
    """Wait until everything offered before has been delivered; False when that takes longer than ``timeout`` (s)."""
    return _dispatcher is None or _dispatcher.drain(timeout)


def _the_dispatcher() -> Dispatcher:
    global _dispatcher
    dispatcher = _dispatcher
    if dispatcher is None:
        from .dispatcher import THE_DISPATCHER

        dispatcher = _dispatcher = THE_DISPATCHER
    return dispatcher
