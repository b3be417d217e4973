"""How likely it is that a difference like this, or a larger one, comes by chance alone. One-sided p-values.

Shares: the two-proportion z test with the pooled share (NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.3; Fleiss,
Levin, Paik: Statistical Methods for Rates and Proportions, 2003, ch. 3). Where fewer than five are to be expected in a
cell it promises too much, so Fisher's exact test stands in (ibid. ch. 3; R. A. Fisher, 1935).
Rates: the exact conditional test of two Poisson rates (Przyborowski and Wilenski, Biometrika 31, 1940).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import erfc, exp, lgamma, log, sqrt

ENOUGH = 5.0  # expected in each cell, for the normal curve to be near
NOTHING = 1e-18  # a further term of a tail that changes no digit


def share_higher(bad: int, of: int, bad_there: int, of_there: int) -> float:
    """Of the hypothesis that the share ``bad / of`` is no higher than ``bad_there / of_there``."""
    if not of or not of_there:
        return 1.0
    pooled = (bad + bad_there) / (of + of_there)
    if min(of, of_there) * min(pooled, 1 - pooled) < ENOUGH:
        return _fisher(bad, of, bad_there, of_there)
    spread = sqrt(pooled * (1 - pooled) * (1 / of + 1 / of_there))
    return above((bad / of - bad_there / of_there) / spread)


def rate_higher(events: int, seconds: float, events_there: int, seconds_there: float) -> float:
    """Of the hypothesis that events come no more often than there: given all of them, how they fall to the sides."""
    total = events + events_there
    if seconds <= 0 or seconds_there <= 0 or events <= 0:
        return 1.0
    share = seconds / (seconds + seconds_there)
    first = _choose(total, events) + events * log(share) + events_there * log(1 - share)
    odds = share / (1 - share)
    return _tail(first, (odds * (total - x) / (x + 1) for x in range(events, total)))


def above(z: float) -> float:
    """The part of the normal curve that lies above z."""
    return erfc(z / sqrt(2)) / 2


def _fisher(bad: int, of: int, bad_there: int, of_there: int) -> float:
    """So many of all the bad ones on this side, or more: the upper tail of the hypergeometric distribution."""
    total, most = bad + bad_there, min(bad + bad_there, of)
    if bad <= max(0, total - of_there):
        return 1.0
    first = _choose(of, bad) + _choose(of_there, bad_there) - _choose(of + of_there, total)
    steps = ((of - x) * (total - x) / ((x + 1) * (of_there - total + x + 1)) for x in range(bad, most))
    return _tail(first, steps)


def _tail(first: float, steps: Iterable[float]) -> float:
    """A sum of terms, from the logarithm of the first and what each is of the one before; terms rise, then fall."""
    term = total = exp(first) if first > -700 else 0.0
    if not term:
        return _log_tail(first, steps)
    for step in steps:
        term *= step
        total += term
        if step < 1 and term < NOTHING * total:
            break
    return min(1.0, total)


def _log_tail(first: float, steps: Iterable[float]) -> float:
    """The same where the first term is too small for a float: the terms may rise to ones that are not."""
    term = total = first
    for step in steps:
        term += log(step)
        high, low = max(term, total), min(term, total)
        total = high + log(1 + exp(low - high))
        if step < 1 and term < total + log(NOTHING):
            break
    return min(1.0, exp(total))


def _choose(of: int, some: int) -> float:
    """The logarithm of how many ways there are to choose some of them."""
    return lgamma(of + 1) - lgamma(some + 1) - lgamma(of - some + 1)
