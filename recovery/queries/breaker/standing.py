"""How near a breaker is to its next change in one process, in words: its counts beside the thresholds there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from recovery import wire


def standing(pulse: wire.BreakerPulse, config: Mapping[str, Any]) -> str:
    """``3 of 5 failures in a row · 12 % of 100 calls failed``, ``1 of 3 probes ok``; nothing to say: nothing."""
    if pulse.state == "HALF-OPEN":
        return " · ".join(_probing(pulse, config))
    if pulse.state in {"CLOSED", "METRICS-ONLY"}:
        return " · ".join(_counting(pulse, config))
    return ""


def _probing(pulse: wire.BreakerPulse, config: Mapping[str, Any]) -> Iterator[str]:
    wanted = whole(config, "half_open_successes", 1)
    yield f"{pulse.probed} of {wanted} probe{'s' * (wanted != 1)} ok"
    if pulse.in_flight:
        yield f"{pulse.in_flight} on its way" if pulse.in_flight == 1 else f"{pulse.in_flight} on their way"


def _counting(pulse: wire.BreakerPulse, config: Mapping[str, Any]) -> Iterator[str]:
    threshold = whole(config, "failure_threshold", 0)
    if threshold:
        yield f"{pulse.streak} of {threshold} failure{'s' * (threshold != 1)} in a row"
    calls, failures, slow = pulse.window
    if calls and config.get("failure_rate") is not None:
        yield f"{failures / calls:.0%} of {calls:,} calls failed".replace("%", " %")
    if calls and config.get("slow_call_rate") is not None:
        yield f"{slow / calls:.0%} of {calls:,} calls slow".replace("%", " %")


def whole(config: Mapping[str, Any], name: str, otherwise: int) -> int:
    """A whole number of a configuration that a process told."""
    value = config.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
