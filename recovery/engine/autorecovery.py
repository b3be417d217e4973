"""Bring services back when they are healthy again: ask now and then, and reset."""

from __future__ import annotations

import os
from _thread import allocate_lock

from .clock import checked_clock
from .fields import Field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .clock import Clock

_INTERVAL = Field(default=300.0, low=0, unit="s", help="Least time between two checks of one service.")
_INTERVAL.name = "check_interval"


class AutoRecovery:
    """Checks each service every ``check_interval`` seconds at most, and resets the healthy ones.

    Services are told apart by identity and held weakly, or by ``name`` where one is given (for services that are made
    anew each time). One that cannot be held weakly is held as it is. Raises ValueError for an interval out of range.
    """

    def __init__(self, check_interval: float = 300, clock: Clock | None = None) -> None:
        if problem := _INTERVAL.problem(check_interval):
            raise ValueError(f"AutoRecovery: {problem}")
        self.check_interval = float(check_interval)
        self._clock = checked_clock(clock)
        self._watches: dict[object, _Watch] = {}
        self._pid = os.getpid()

    async def check_health(self, service: Any, name: str | None = None) -> bool | None:
        """Check the service when it is due: ``await service.is_healthy()``, and if true ``await service.reset()``.

        True: healthy; False: not; None: not due (the first call only notes the service), or a check is in flight. What
        ``is_healthy`` or ``reset`` raises is logged; cancellation passes through.
        """
        watch = self._watch(service, name)
        if not watch.in_flight.acquire(False):
            return None
        try:
            now = self._clock.monotonic()
            if now - watch.last < self.check_interval:
                return None
            watch.last = now
            healthy = await _asked(service, name)
            if healthy:
                await _reset(service, name)
            return healthy
        finally:
            watch.in_flight.release()

    def _watch(self, service: object, name: str | None) -> _Watch:
        if self._pid != os.getpid():  # a forked child: checks in flight were the parent's
            self._watches, self._pid = {}, os.getpid()
        key: object = id(service) if name is None else name
        watch = self._watches.get(key)
        if watch is None:
            made = _Watch(self._clock.monotonic())
            watch = self._watches.setdefault(key, made)
            if watch is made and name is None:
                watch.service = self._held(service)
        return watch

    def _held(self, service: object) -> object:
        """What keeps the identity from being mistaken for that of a later object."""
        from weakref import ref

        watches, key = self._watches, id(service)
        try:
            return ref(service, lambda _: watches.pop(key, None))
        except TypeError:
            return service


class _Watch:
    """When a service was first seen or last checked, and whether a check is in flight."""

    __slots__ = ("in_flight", "last", "service")

    def __init__(self, now: float) -> None:
        self.last = now
        self.in_flight = allocate_lock()
        self.service: object = None


async def _asked(service: Any, name: str | None) -> bool:
    try:
        return bool(await _settled(service.is_healthy()))
    except Exception as error:
        _log("the health check of %s raised: taken as unhealthy", service, name, error)
        return False


async def _reset(service: Any, name: str | None) -> None:
    try:
        await _settled(service.reset())
    except Exception as error:
        _log("%s is healthy, but its reset raised", service, name, error)


async def _settled(value: Any) -> Any:
    return await value if hasattr(value, "__await__") else value


def _log(text: str, service: object, name: str | None, error: Exception) -> None:
    from logging import getLogger

    getLogger("recovery.autorecovery").warning(text, name or type(service).__name__, exc_info=error)
