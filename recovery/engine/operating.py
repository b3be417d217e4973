"""What an operator may ask of a breaker. Each takes ``reason`` and ``actor``; all are moves of the transition table."""

from __future__ import annotations

from . import registry
from .breaker_config import BreakerConfig
from .breaker_log import log_configured
from .changing import Changing
from .clock import ns_of
from .enums import BreakerState
from .errors import IllegalTransition
from .events import Hold
from .fields import is_number
from .moves import HoldSpan, Move
from .transitions import HOLDS, target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from .clock import Clock


class Operating(Changing):
    """The operator's verbs, mixed into :class:`CircuitBreaker`."""

    __slots__ = ()

    def trip(
        self, duration: float | None = None, until: datetime | None = None, *, reason: str = "", actor: str = ""
    ) -> None:
        """Refuse every call for ``duration`` seconds, or ``until`` an aware time, or until released."""
        self._hold("trip", BreakerState.FORCED_OPEN, duration, until, reason, actor)

    def disable(
        self, duration: float | None = None, until: datetime | None = None, *, reason: str = "", actor: str = ""
    ) -> None:
        """Let every call through and record nothing, for a time or until released."""
        self._hold("disable", BreakerState.DISABLED, duration, until, reason, actor)

    def observe(
        self, duration: float | None = None, until: datetime | None = None, *, reason: str = "", actor: str = ""
    ) -> None:
        """Record and announce, but never reject, for a time or until released."""
        self._hold("observe", BreakerState.METRICS_ONLY, duration, until, reason, actor)

    def release(self, *, reason: str = "", actor: str = "") -> None:
        """End a hold: FORCED-OPEN probes with its next call, the others close. Without a hold it does nothing."""
        self._operate(Move("release", reason or "released", actor=actor, wait=0), if_held=True)

    def probe(self, unless_held: bool = False, *, reason: str = "", actor: str = "") -> None:
        """Go from OPEN to HALF-OPEN now. Raises IllegalTransition from anywhere else."""
        self._operate(Move("probe", reason or "probe asked for", actor=actor), unless_held=unless_held)

    def reset(self, unless_held: bool = False, *, reason: str = "", actor: str = "") -> None:
        """Close, from any state and over any hold; with ``unless_held`` a held breaker refuses (IllegalTransition)."""
        self._operate(Move("reset", reason or "reset", actor=actor), unless_held=unless_held)

    def restore(self, state: BreakerState | str, opened_for: float = 0.0) -> None:
        """Take over a state from elsewhere: CLOSED changes nothing; OPEN counts ``opened_for`` seconds (clamped to
        [0, recovery_timeout]) as waited; HALF-OPEN is an OPEN whose wait is over. Holds are not restored: ask for them.
        """
        wanted = BreakerState(state)
        if wanted in HOLDS:
            said = f"got {wanted.value}: a hold is asked for, not restored"
            raise ValueError(f"state must be CLOSED, OPEN or HALF-OPEN, {said}")
        if not is_number(opened_for):
            raise ValueError(f"opened_for must be a number of seconds, got {opened_for!r}")
        if wanted is BreakerState.CLOSED:
            return
        timeout = self._config.recovery_timeout
        waited = timeout if wanted is BreakerState.HALF_OPEN else min(max(opened_for, 0.0), timeout)
        self._operate(Move("restore", f"restored, open for {waited:g} s", waited=ns_of(waited)))

    def configure(self, config: BreakerConfig, *, reason: str = "", actor: str = "") -> None:
        """Put a configuration in force; the state stays, an OPEN one's deadline is counted anew from when it opened."""
        if not isinstance(config, BreakerConfig):
            raise TypeError(f"config must be a BreakerConfig, got {type(config).__name__}")
        before = self._code_config
        registry.recode(self, config)
        log_configured(self, before.diff(config), reason, actor)

    def tick(self, *, reason: str = "", actor: str = "") -> None:
        """Let time pass: end a hold that is over, reclaim a probe that hangs. A call does the same when it comes.

        ``actor`` and ``reason`` are recorded with what it brings about.
        """
        told = []
        with self._lock:
            at = self._now()
            while (move := self._period.state.due(self._period, at, asked=False)) is not None:
                move.actor, move.cause = actor, f"{move.cause}: {reason}" if reason else move.cause
                if (made := self._become(move, at)) is not None:
                    told.append(made)
        for made in told:
            self._tell(made)

    def _hold(
        self, verb: str, kind: BreakerState, duration: float | None, until: datetime | None, reason: str, actor: str
    ) -> None:
        seconds, until = _end(duration, until, self._clock)
        ends = None if seconds is None else self._ns() + ns_of(seconds)
        hold = Hold(kind=kind, reason=reason, actor=actor, until=until)
        said = {"trip": "tripped", "disable": "disabled", "observe": "metrics only"}[verb]
        self._operate(Move(verb, f"{said}: {reason}" if reason else said, actor=actor, span=HoldSpan(hold, ends)))

    def _operate(self, move: Move, *, unless_held: bool = False, if_held: bool = False) -> None:
        with self._lock:
            at = self._ns()
            before = self._period.state.kind
            if if_held and before not in HOLDS:
                return
            if unless_held and before in HOLDS:
                why = "an operator holds it, and the act asks to leave held ones alone"
                raise IllegalTransition(before, target(move.verb, BreakerState.OPEN), why)
            made = self._become(move, at)
        if made is not None:
            self._tell(made)

    # -- the console's override: called by the registry, which holds its own lock --------------------------------------

    def apply_code(self, config: BreakerConfig) -> None:
        """Put a configuration of the code in force, without any override."""
        with self._lock:
            self._use(config, "code", None)

    def check_override(self, fields: dict[str, Any]) -> None:
        """Raise ValueError if these fields may not or cannot be put over the code's own; changes nothing."""
        if self._code_config.locked:
            raise ValueError(f"breaker {self.name!r} is locked in code: it takes no override")
        overridden(self._code_config, fields)

    def apply_override(self, fields: dict[str, Any] | None, revision: int | None) -> None:
        """Put the console's fields over the code's own; None lifts them. Raises as ``check_override``."""
        with self._lock:
            if fields is None:
                self._use(self._code_config, self._source, None)
            else:
                self.check_override(fields)
                self._use(overridden(self._code_config, fields), "console", revision)


def overridden(config: Any, fields: dict[str, Any]) -> Any:
    """``config`` with these fields changed; ValueError that names unknown, forbidden and bad ones."""
    checked_fields(type(config), fields)
    return config.replace(**fields)


def checked_fields(config: Any, fields: dict[str, Any]) -> None:
    """Raise ValueError if the console may not set one of these fields of a config class."""
    if unknown := fields.keys() - config.FIELDS.keys():
        raise ValueError(f"{config.__name__} has no field {', '.join(sorted(map(str, unknown)))}")
    if "locked" in fields:
        raise ValueError("locked is the code's own word: an override cannot change it")


def _end(duration: float | None, until: datetime | None, clock: Clock) -> tuple[float | None, datetime | None]:
    """Seconds from now, and the time of day, at which a hold ends."""
    if duration is not None and until is not None:
        raise ValueError("give duration or until, not both")
    if until is not None:
        if getattr(until, "tzinfo", None) is None:
            raise ValueError(f"until must be an aware datetime, got {until!r}")
        seconds = (until - clock.now()).total_seconds()
        if seconds <= 0:
            raise ValueError(f"until must lie in the future, got {until!r}")
        return seconds, until
    if duration is None:
        return None, None
    if not is_number(duration) or not 0 < duration < float("inf"):
        raise ValueError(f"duration must be a finite number of seconds > 0, got {duration!r}")
    from datetime import timedelta

    try:
        return duration, clock.now() + timedelta(seconds=duration)
    except OverflowError:
        raise ValueError(f"duration must end before the year 10000, got {duration!r}") from None
