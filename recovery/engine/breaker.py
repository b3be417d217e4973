"""The circuit breaker: how it is made. What it does is in ``calling``, ``operating``, ``changing`` and ``reading``."""

from __future__ import annotations

from _thread import RLock

from . import registry
from .breaker_config import BreakerConfig
from .calling import Calling
from .clock import checked_clock, nanoseconds
from .operating import Operating
from .outcome import OutcomeRules, default_outcome
from .period import Period
from .reading import Reading
from .states import Closed
from .tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .clock import Clock
    from .outcome import ExceptionRule


class _Default(int):
    """A default that can be told from the same number given by the caller."""


_THRESHOLD = _Default(5)
_TIMEOUT = _Default(60)
_DEFAULT_CONFIG = BreakerConfig()


class CircuitBreaker(Calling, Operating, Reading):
    """Refuses calls to what keeps failing, and probes until it is well again.

    ``failure_threshold``: failures in a row that open it; ``reset_timeout`` (also ``recovery_timeout``): seconds until
    a probe; ``config``: a whole :class:`BreakerConfig` instead of both. ``record``, ``ignore``, ``success`` are
    exception classes, tuples of them or predicates; ``is_failure`` judges returned values; ``fallback(exception)``
    answers refused calls, and failed ones with ``fallback_on_failure``. Raises ValueError or TypeError that names what
    is wrong.
    """

    __slots__ = ()

    def __init__(
        self,
        failure_threshold: int | None = _THRESHOLD,
        reset_timeout: float = _TIMEOUT,
        *,
        name: str | None = None,
        config: BreakerConfig | None = None,
        record: ExceptionRule = Exception,
        ignore: ExceptionRule = (),
        success: ExceptionRule = (),
        is_failure: Callable[[Any], bool] | None = None,
        record_attempts: bool = False,
        fallback: Callable[[BaseException], Any] | None = None,
        fallback_on_failure: bool = False,
        recovery_timeout: float | None = None,
        clock: Clock | None = None,
        service_name: str | None = None,
    ) -> None:
        self.name = _text("name", name)
        self.service_name = _text("service_name", service_name)
        self._config, self._source = _chosen(config, failure_threshold, reset_timeout, recovery_timeout)
        self._code_config, self._config_source, self._revision = self._config, self._source, None
        plain = record is Exception and ignore == () and success == ()
        self._judge = default_outcome if plain else OutcomeRules(record, ignore, success)
        self._is_failure = _function("is_failure", is_failure)
        self._fallback = _function("fallback", fallback)
        self._fallback_on_failure = fallback_on_failure
        if fallback_on_failure and fallback is None:
            raise TypeError("fallback_on_failure needs a fallback")
        self._record_attempts = record_attempts
        self._inline = is_failure is None and fallback is None
        self._clock = checked_clock(clock)
        self._ns = nanoseconds(self._clock)
        self._lock = RLock()
        self._last = None
        self._tape = None
        self._outlets = ()
        self._dropped = 0
        self._history = None
        self._since = self._clock.now()
        self._adopt_timing()
        at = self._ns()
        self._period = Period(self, Closed(Tally(self._config, at), at), at)
        self._enrol()

    def _enrol(self) -> None:
        """Be found by whoever reads or overrides the breakers of this process."""
        registry.add_breaker(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and deepcopy keep name and config only: a copy starts closed, with its own counts."""
        return (_revived, (type(self), self.name, self._code_config))


def _text(field: str, value: object) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return value
    raise TypeError(f"{field} must be a text that is not empty, or None, got {value!r}")


def _function(field: str, value: Callable[..., Any] | None) -> Callable[..., Any] | None:
    if value is not None and not callable(value):
        raise TypeError(f"{field} must be callable, or None, got {value!r}")
    return value


def _chosen(
    config: BreakerConfig | None, threshold: int | None, reset: float, recovery: float | None
) -> tuple[BreakerConfig, str]:
    loose: dict[str, Any] = {}
    if threshold is not _THRESHOLD:
        loose["failure_threshold"] = threshold
    if reset is not _TIMEOUT:
        loose["recovery_timeout"] = reset
    if recovery is not None:
        if "recovery_timeout" in loose:
            raise TypeError("reset_timeout and recovery_timeout are one thing: give one of them")
        loose["recovery_timeout"] = recovery
    if config is None:
        return (BreakerConfig(**loose), "code") if loose else (_DEFAULT_CONFIG, "default")
    if not isinstance(config, BreakerConfig):
        raise TypeError(f"config must be a BreakerConfig, got {type(config).__name__}")
    if loose:
        said = "together they leave open which one wins"
        raise TypeError(f"give {' and '.join(loose)} inside config, or no config: {said}")
    return config, "code"


def _revived(cls: type[CircuitBreaker], name: str | None, config: BreakerConfig) -> CircuitBreaker:
    return cls(name=name, config=config)
