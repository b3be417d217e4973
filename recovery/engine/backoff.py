"""How long to wait before the next attempt: pure arithmetic, spread by jitter, then capped, never overflowing.

Exponential back-off and the names of the jitters follow Marc Brooker, "Exponential Backoff And Jitter" (AWS
Architecture Blog, 2015). The growth is worked out from the attempt's number alone, so a wait needs no memory of the
one before: *decorrelated* draws from the range that its recursion ``min(cap, random(base, 3 * previous))`` can reach.
"""

from __future__ import annotations

import os
from _random import Random

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .enums import RetryReason
    from .retry_config import RetryConfig

_SPREAD = 0.1  # jitter=True: this share to either side
_INFINITE = float("inf")
_dice = Random()  # not the ``random`` module: importing that costs more than all of this
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_dice.seed)  # or all children of one parent would retry in step
draw = _dice.random


def grown(base: float, factor: float, steps: int) -> float:
    """``base * factor**steps`` for any number of steps; infinite where a float overflows, so that a cap ends it."""
    if base <= 0.0 or factor == 1.0:
        return base
    try:
        return base * factor**steps
    except OverflowError:
        return _INFINITE


def spread(delay: float, steps: int, config: RetryConfig, at: Callable[[], float] = draw) -> float:
    """The jitter round ``delay`` (s): ±10 %, [0, delay], or [base, min(max, base * 3**(n+1))]; ``at``: where in it."""
    jitter = config.jitter
    if jitter is False:
        return delay
    if jitter is True:
        return delay * (1.0 - _SPREAD + 2.0 * _SPREAD * at())
    if jitter == "full":
        return delay * at()
    low = config.base_delay
    return low + (min(config.max_delay, grown(low, 3.0, steps + 1)) - low) * at()


def clamped(delay: float, cap: float) -> float:
    """``delay`` within [0, cap]; what is no number (NaN, a text) is 0: a broken answer must not stop the retry."""
    try:
        seconds = float(delay)
    except OverflowError:
        return cap if delay > 0 else 0.0
    except (TypeError, ValueError):
        return 0.0
    return min(cap, seconds) if seconds > 0.0 else 0.0


def wait(
    delay: float,
    steps: int,
    reason: RetryReason | None,
    config: RetryConfig,
    multiplier: float = 1.0,
    at: Callable[[], float] = draw,
) -> float:
    """The wait (s) made of a computed ``delay``: jitter, times the reason's factor and ``multiplier``, then the cap."""
    factors = config.reason_factors
    if factors and reason is not None:
        multiplier *= factors.get(reason, 1.0)
    if multiplier == 0.0:
        return 0.0
    return clamped(spread(delay, steps, config, at) * multiplier, config.max_delay)


def exponential(
    attempt: int,
    reason: RetryReason | None,
    config: RetryConfig,
    multiplier: float = 1.0,
    at: Callable[[], float] = draw,
) -> float:
    """The wait (s) after attempt number ``attempt`` (0-based): base_delay * exponential_base**attempt, spread."""
    base = config.base_delay
    if base == 0.0:
        return 0.0
    return wait(grown(base, config.exponential_base, attempt), attempt, reason, config, multiplier, at)


def fixed(reason: RetryReason | None, config: RetryConfig, at: Callable[[], float] = draw) -> float:
    """The wait (s) of a fixed delay: base_delay every time (decorrelated: the range after the first attempt)."""
    return wait(config.base_delay, 0, reason, config, at=at)
