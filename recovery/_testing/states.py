"""Bringing a breaker into a state by the verbs that lead there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recovery.engine.enums import BreakerState

if TYPE_CHECKING:
    from recovery.engine.breaker import CircuitBreaker

_ACTOR = "recovery.testing"
_HOLDS = {BreakerState.FORCED_OPEN: "trip", BreakerState.DISABLED: "disable", BreakerState.METRICS_ONLY: "observe"}


def force(breaker: CircuitBreaker, state: BreakerState | str) -> None:
    """Bring ``breaker`` into ``state`` ("OPEN", "half_open", a BreakerState …) by legal transitions.

    It is OPEN or HALF-OPEN as after failures: the wait begins now, and HALF-OPEN lets its probes in. Being there
    already changes nothing. Raises ValueError for what is no state.
    """
    wanted = BreakerState(state)
    if breaker.state is wanted:
        return
    if wanted in _HOLDS:
        getattr(breaker, _HOLDS[wanted])(reason="forced by a test", actor=_ACTOR)
        return
    if wanted is not BreakerState.HALF_OPEN or breaker.state is not BreakerState.OPEN:
        breaker.reset(reason="forced by a test", actor=_ACTOR)
    if wanted is not BreakerState.CLOSED:
        if breaker.state is BreakerState.CLOSED:
            breaker.restore(BreakerState.OPEN)
        if wanted is BreakerState.HALF_OPEN:
            breaker.probe(reason="forced by a test", actor=_ACTOR)
