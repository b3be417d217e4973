"""A breaker right now: from the pulses of its processes while they are fresh, else from the last half minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from recovery import moment, wire
from recovery.models import Breaker
from recovery.queries import figures
from recovery.queries.board_rows import Row
from recovery.queries.figures import Figures


class Beat(Protocol):
    """The last pulse of a process, and how old it is in seconds."""

    @property
    def age(self) -> float:
        """Seconds."""

    @property
    def pulse(self) -> wire.BreakerPulse:
        """What it said."""


Beats = Mapping[int, Beat]  # by process


@dataclass(frozen=True, slots=True)
class Live:
    """Its present figures. `as_of`: when the newest pulse came; None: there is none, these are aggregates."""

    breaker: int
    state: str
    figures: Figures
    as_of: datetime | None
    processes: int  # that sent pulses

    @property
    def shut(self) -> bool:
        """Whether it lets no call pass: a share of failures would be one of probes."""
        return self.state in {"OPEN", "FORCED-OPEN"}


def live(key: int, beats: Beats) -> Live | None:
    """One query while there are pulses, else four."""
    state = Breaker.objects.filter(pk=key).values_list("state", flat=True).first()
    if state is None:
        return None
    if state and beats:
        newest = min(beat.age for beat in beats.values())
        return Live(key, state, added_up(beats), moment.now() - timedelta(seconds=newest), len(beats))
    its = figures.of_breakers([key], figures.window(moment.now()))[key] if state else figures.UNKNOWN
    return Live(key, state, its, None, 0)


def added_up(beats: Beats) -> Figures:
    """Rates add up over processes; a p95 does not, so there is none."""
    pulses = [beat.pulse for beat in beats.values()]
    calls, refused = sum(pulse.calls for pulse in pulses), sum(pulse.refused for pulse in pulses)
    admitted = max(0.0, calls - refused)
    failures = sum(pulse.failures for pulse in pulses)
    failed = min(100.0, failures * 100 / admitted) if admitted else None
    return Figures(calls=calls, refused=refused, failed=failed)


def probe_at(beat: Beat | None, otherwise: datetime | None) -> datetime | None:
    """When an OPEN breaker lets a call in: the process itself knows growth and jitter. On half seconds: steady."""
    if beat is None or beat.pulse.state != "OPEN" or beat.pulse.retry_after is None:
        return otherwise
    left = beat.pulse.retry_after - beat.age
    exact = (moment.now() + timedelta(seconds=left)).timestamp()
    return datetime.fromtimestamp(round(exact * 2) / 2, moment.now().tzinfo)


def lit_up(row: Row, beats: Beats) -> Row:
    """A row of the board with what the pulses know better: rates, and the next probe of any process."""
    if not row.state or not beats:
        return row
    its = added_up(beats)
    probes = [at for beat in beats.values() if (at := probe_at(beat, None)) is not None]
    figures_now = replace(row.figures, calls=its.calls, refused=its.refused, failed=its.failed)
    return replace(row, figures=figures_now, probe_at=min(probes) if row.state == "OPEN" and probes else row.probe_at)
