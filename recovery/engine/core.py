"""What a breaker is made of: its slots, and what more than one of its parts needs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import RLock
    from collections import deque
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from .breaker_config import BreakerConfig
    from .clock import Clock
    from .dispatch import Outlet
    from .events import LastFailure
    from .history import History
    from .period import Period


class Core:
    """The slots of a circuit breaker. ``_period`` is what a call reads; the rest is for the slow paths."""

    __slots__ = (
        "__weakref__", "_clock", "_code_config", "_config", "_config_source", "_dropped", "_fallback",
        "_fallback_on_failure", "_history", "_inline", "_is_failure", "_judge", "_last", "_lock", "_ns", "_outlets",
        "_period", "_record_attempts", "_revision", "_since", "_slow_from", "_source", "_tape", "_timed", "name",
        "service_name",
    )  # fmt: skip

    name: str | None
    service_name: str | None
    _clock: Clock
    _code_config: BreakerConfig  # what the code says
    _config: BreakerConfig  # what is in force
    _config_source: str
    _dropped: int  # events lost by listeners that are gone
    _fallback: Callable[[BaseException], Any] | None
    _fallback_on_failure: bool
    _history: History | None
    _inline: bool  # wrappers may let calls in by themselves: no fallback, no judged results
    _is_failure: Callable[[Any], bool] | None
    _judge: Callable[[BaseException], int]
    _last: tuple[type, str, int] | LastFailure | None  # as recorded, or as read since
    _lock: RLock  # reentrant: a finaliser may settle a permit while this thread holds it
    _ns: Callable[[], int]
    _outlets: tuple[Outlet, ...]
    _period: Period
    _record_attempts: bool
    _revision: int | None  # of the console's override in force
    _since: datetime
    _slow_from: int  # ns
    _source: str  # of the code's config
    _tape: deque[tuple[int, int, int]] | None
    _timed: bool

    @property
    def last_failure(self) -> LastFailure | None:
        """The last recorded failure: type name, scrubbed text (bounded), time."""
        last = self._last
        if not isinstance(last, tuple):
            return last
        from datetime import timedelta

        from .events import LastFailure, bounded
        from .scrub import scrub_text

        kind, text, at = last
        when = self._clock.now() - timedelta(microseconds=(self._ns() - at) / 1000)
        made = LastFailure(type=kind.__name__, text=bounded(scrub_text(bounded(text))), at=when)
        if self._last is last:  # kept, so that it reads the same from now on
            self._last = made
        return made
