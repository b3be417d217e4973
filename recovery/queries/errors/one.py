"""One group of errors: its last occurrences, and one of them in full."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from recovery.models import Breaker, ErrorGroup, Occurrence
from recovery.queries.errors.groups import Group, group_of

SHOWN = 20
OF_ONE_CALL = timedelta(minutes=2)  # attempts of one call lie no further apart
FRAME = re.compile(r'^  File "(?P<file>[^"]*)", line (?P<line>\d+)(?:, in (?P<name>.*))?$')
LIBRARY = re.compile(r"site-packages|dist-packages|/lib(?:64)?/python[\d.]+/|<frozen |recovery/engine/")


@dataclass(frozen=True, slots=True)
class Frame:
    """One step of a traceback."""

    file: str
    line: str
    name: str
    code: str
    library: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One occurrence."""

    id: int
    at: datetime
    process: str
    message: str
    severity: str
    attempt: int | None
    will_retry: bool


@dataclass(frozen=True, slots=True)
class Full:
    """One occurrence with all that was sent."""

    told: Told
    frames: tuple[Frame, ...]
    ending: str  # the traceback's last lines: the exception itself
    context: tuple[tuple[str, Any], ...]
    attempts: tuple[Told, ...]  # of the same call, as far as they were kept

    @property
    def own(self) -> tuple[Frame, ...]:
        """The service's own steps, the last first."""
        return tuple(frame for frame in reversed(self.frames) if not frame.library)

    @property
    def libraries(self) -> int:
        """How many steps were in libraries."""
        return sum(frame.library for frame in self.frames)


@dataclass(frozen=True, slots=True)
class Error:
    """A group, its newest occurrences, and the one that is open."""

    group: Group
    occurrences: tuple[Told, ...]
    open: Full | None
    breaker: tuple[str, str] | None  # name and state


def error(key: int, occurrence: int | None = None) -> Error | None:
    """Four queries."""
    row = ErrorGroup.objects.select_related("service").filter(pk=key).first()
    if row is None:
        return None
    newest = list(Occurrence.objects.filter(group=key).select_related("process").defer("traceback", "context")[:SHOWN])
    wanted = occurrence or (newest[0].pk if newest else 0)
    full = Occurrence.objects.filter(group=key, pk=wanted).select_related("process").first()
    breaker = Breaker.objects.filter(service=row.service_id, name=row.breaker or row.operation)
    return Error(
        group=group_of(row),
        occurrences=tuple(map(_told, newest)),
        open=_full(full) if full else None,
        breaker=breaker.values_list("name", "state").first(),
    )


def _told(row: Occurrence) -> Told:
    same = ("id", "at", "message", "severity", "attempt", "will_retry")
    return Told(process=str(row.process), **{name: getattr(row, name) for name in same})


def _full(row: Occurrence) -> Full:
    frames, ending = frames_of(row.traceback)
    near = Occurrence.objects.filter(process=row.process_id, group=row.group_id)
    near = near.filter(at__gte=row.at - OF_ONE_CALL, at__lte=row.at + OF_ONE_CALL, attempt__isnull=False)
    attempts = list(near.select_related("process").defer("traceback", "context").order_by("at", "pk")[:100])
    return Full(
        told=_told(row),
        frames=frames,
        ending=ending or row.message,
        context=tuple(flat(row.context)),
        attempts=tuple(map(_told, of_one_call(attempts, row))),
    )


def of_one_call(attempts: list[Occurrence], row: Occurrence) -> list[Occurrence]:
    """The attempts 1, 2, 3 … around this one, as far as their numbers run on."""
    place = next((i for i, each in enumerate(attempts) if each.pk == row.pk), None)
    if place is None:
        return []
    first = last = place
    while first > 0 and (attempts[first - 1].attempt or 0) == (attempts[first].attempt or 0) - 1:
        first -= 1
    while last + 1 < len(attempts) and (attempts[last + 1].attempt or 0) == (attempts[last].attempt or 0) + 1:
        last += 1
    return attempts[first : last + 1]


def frames_of(traceback: str) -> tuple[tuple[Frame, ...], str]:
    """The steps of a traceback, and what follows the last of them: the exception. Of chained ones the last counts."""
    lines = traceback.rstrip().splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith("Traceback ")]
    frames: list[Frame] = []
    rest: list[str] = []
    for line in lines[starts[-1] + 1 :] if starts else lines:
        found = FRAME.match(line)
        if found:
            library = bool(LIBRARY.search(found["file"]))
            frames.append(Frame(found["file"], found["line"], found["name"] or "", "", library))
        elif line.startswith("    ") and frames and not rest:
            last = frames[-1]
            code = last.code or line.strip().strip("^~ ")
            frames[-1] = Frame(last.file, last.line, last.name, code, last.library)
        else:
            rest.append(line)
    return tuple(frames), "\n".join(rest).strip()


def flat(context: Any, before: str = "") -> list[tuple[str, Any]]:
    """Nested facts as lines: ``user.id``."""
    if isinstance(context, dict) and context:
        return [
            line for name, value in context.items() for line in flat(value, f"{before}.{name}" if before else str(name))
        ]
    if isinstance(context, list) and context:
        return [line for index, value in enumerate(context) for line in flat(value, f"{before}[{index}]")]
    return [(before or "context", context)] if before else []
