"""The legal transitions of a breaker, as a table."""

from __future__ import annotations

from types import MappingProxyType

from .enums import BreakerState
from .errors import IllegalTransition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN
FORCED_OPEN, DISABLED, METRICS_ONLY = BreakerState.FORCED_OPEN, BreakerState.DISABLED, BreakerState.METRICS_ONLY
HOLDS = frozenset({FORCED_OPEN, DISABLED, METRICS_ONLY})


def _from_any(after: BreakerState) -> Mapping[BreakerState, BreakerState]:
    return MappingProxyType(dict.fromkeys(BreakerState, after))


TABLE: Mapping[str, Mapping[BreakerState, BreakerState]] = MappingProxyType(
    {
        # what an operator (or code) asks for
        "trip": _from_any(FORCED_OPEN),
        "disable": _from_any(DISABLED),
        "observe": _from_any(METRICS_ONLY),
        "release": MappingProxyType({FORCED_OPEN: OPEN, DISABLED: CLOSED, METRICS_ONLY: CLOSED}),
        "reset": _from_any(CLOSED),
        "probe": MappingProxyType({OPEN: HALF_OPEN}),
        "restore": MappingProxyType({CLOSED: OPEN, OPEN: OPEN}),
        # what happens by itself
        "failures": MappingProxyType({CLOSED: OPEN, HALF_OPEN: OPEN}),
        "wait over": MappingProxyType({OPEN: HALF_OPEN}),
        "successes": MappingProxyType({HALF_OPEN: CLOSED}),
        "hold ended": MappingProxyType({FORCED_OPEN: OPEN, DISABLED: CLOSED, METRICS_ONLY: CLOSED}),
    }
)


def target(verb: str, before: BreakerState) -> BreakerState:
    """Where ``verb`` leads from ``before``; raises IllegalTransition, naming both states, when it leads nowhere."""
    ways = TABLE[verb]
    if before not in ways:
        why = f"{verb} is legal only from {', '.join(way.value for way in ways)}"
        raise IllegalTransition(before, next(iter(ways.values())), why)
    return ways[before]
