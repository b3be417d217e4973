"""The picture of how a breaker moves: its thresholds on the arrows, the present state lit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HELD = {
    "forced-open": "Held open: no arrow is taken until it is released.",
    "disabled": "Disabled: every call passes, nothing is counted.",
    "metrics-only": "Only counting: it says when it would have opened, and lets every call pass.",
    "stale": "No linked process runs it: how it stands now is not known.",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """What is written on the arrows, and which box and arrow are lit."""

    opens: tuple[str, ...]
    probes: str
    closes: str
    reopens: str
    here: str  # as data-state names it
    hot: str  # opens, probes, closes, reopens or nothing
    notes: tuple[str, ...] = ()  # what has no room on the arrows

    @property
    def held(self) -> str:
        """What a hold does to the picture."""
        return HELD.get(self.here, "")

    @property
    def words(self) -> str:
        """The picture for who does not see it."""
        opens = " or ".join(self.opens)
        back = f"half-open closes on {self.closes}, reopens on {self.reopens}"
        return " ".join((f"Closed opens on {opens}; open probes {self.probes}; {back}.", *self.notes))


def machine(config: Mapping[str, Any], state: str, came_from: str = "") -> Machine:
    """The arrows of a configuration; the last one taken is lit."""
    successes = _number(config, "half_open_successes", 1)
    return Machine(
        opens=tuple(_openings(config)) or ("nothing",),
        probes=f"after {seconds(_number(config, 'recovery_timeout', 60.0))}",
        closes=f"{successes:g} probe{'s' * (successes != 1)} ok",
        reopens="1 failure",
        here=state,
        hot=_hot(came_from, state),
        notes=tuple(_notes(config)),
    )


def _notes(config: Mapping[str, Any]) -> Iterator[str]:
    """What the wait becomes, when rates are judged, what counts as slow, how many probes go out."""
    growth, jitter = _number(config, "recovery_growth", 1.0), _number(config, "recovery_jitter", 0.0)
    if growth > 1:
        longest = seconds(_number(config, "recovery_timeout_max", 3600.0))
        yield f"The wait grows {growth:g} times with each opening in a row, up to {longest}."
    if jitter:
        yield f"It is spread by {jitter:.0%} to either side.".replace("%", " %")
    if config.get("failure_rate") or config.get("slow_call_rate"):
        yield f"No rate is judged on fewer than {_number(config, 'minimum_calls', 10):g} calls."
    if config.get("slow_call_rate") and (slow := _number(config, "slow_call_duration", 0.0)):
        yield f"A call that takes {seconds(slow)} or longer is slow."
    if (permits := _number(config, "half_open_permits", 1)) > 1:
        yield f"Up to {permits:g} probes are out at once."
    if config.get("open_on_retry_after"):
        yield "A failure with Retry-After opens it for that long."


def _openings(config: Mapping[str, Any]) -> list[str]:
    found = []
    if threshold := config.get("failure_threshold"):
        found.append(f"{threshold} failure{'s' * (threshold != 1)} in a row")
    window = _window(config)
    if rate := _number(config, "failure_rate", 0.0):
        found.append(f"{rate:g} % of {window} failed")
    if slow := _number(config, "slow_call_rate", 0.0):
        found.append(f"{slow:g} % of {window} slow")
    return found


def _window(config: Mapping[str, Any]) -> str:
    size = _number(config, "window_size", 100)
    return seconds(size) if config.get("window") == "time" else f"{size:g} calls"


def _hot(before: str, after: str) -> str:
    arrows = {
        ("closed", "open"): "opens",
        ("open", "half-open"): "probes",
        ("half-open", "closed"): "closes",
        ("half-open", "open"): "reopens",
    }
    return arrows.get((before, after), "")


def seconds(value: float) -> str:
    """A length of time as people say it."""
    if value >= 3600 and value % 3600 == 0:
        return f"{value / 3600:g} h"
    if value >= 120 and value % 60 == 0:
        return f"{value / 60:g} min"
    return f"{value:g} s"


def _number(config: Mapping[str, Any], name: str, otherwise: float) -> float:
    value = config.get(name)
    return value if isinstance(value, int | float) else otherwise
