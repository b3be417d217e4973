"""What happened to a breaker: transitions with their evidence, holds, commands and policies, newest first, in pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from recovery.models import Command, Hold, Policy, Transition
from recovery.queries.breaker.which import Which
from recovery.queries.rollouts.listed import reached

MOST = 200  # of each kind that are read for a page: what happens in many processes at once is told in one entry
SHOWN = 15
TOGETHER = 5.0  # s
NAMED = 10  # processes of one entry that are named

WORDS = {
    "CLOSED": "Closed",
    "OPEN": "Opened",
    "HALF-OPEN": "Probing",
    "FORCED-OPEN": "Held open",
    "DISABLED": "Disabled",
    "METRICS-ONLY": "Only counting",
}
KINDS = {"trip": "Held open", "disable": "Disabled", "observe": "Only counting", "release": "Released"}
COMMANDS = {"reset": "Reset", "probe": "Probe"}

Key = tuple[datetime, int, int]  # when, which kind, its number among its kind: the order of everything


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of one table, newest first: the fields of their time and number, and how they are told."""

    rows: QuerySet[Any]
    at: str
    number: str
    told: Callable[[Any], Event]

    def read(self, rank: int, cursor: Key | None) -> list[tuple[Key, Event]]:
        """The newest before the cursor."""
        its = self.rows.filter(_older(self, rank, cursor)) if cursor else self.rows
        rows = its.order_by(f"-{self.at}", f"-{self.number}")[:MOST]
        return [((getattr(each, self.at), rank, getattr(each, self.number)), self.told(each)) for each in rows]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    at: datetime
    state: str  # of its bead
    word: str
    where: str
    more: int  # other processes in which the same happened then
    cause: str
    evidence: tuple[tuple[str, Any], ...] = ()
    actor: str = ""
    process: int = 0
    others: tuple[str, ...] = ()  # some of them


@dataclass(frozen=True, slots=True)
class History:
    """A page. `older`: the cursor of the next one, if there is more; `before`: its own."""

    events: tuple[Event, ...]
    older: str
    before: str

    def __len__(self) -> int:
        return len(self.events)


def history(which: Which, before: str = "") -> History:
    """Four queries; `before` is the cursor of a page, nonsense means the newest."""
    cursor = _cursor(before)
    read = [kind.read(rank, cursor) for rank, kind in enumerate(_kinds(which))]
    # Of a kind that has more than was read, nothing is known before its last one: so far, and no further.
    floor = max((rows[-1][0] for rows in read if len(rows) == MOST), default=None)
    found = sorted((each for rows in read for each in rows), key=lambda each: each[0], reverse=True)
    found = [each for each in found if floor is None or each[0] >= floor]
    events, taken = together(found, SHOWN)
    more = taken < len(found) or floor is not None
    return History(tuple(events), _words(found[taken - 1][0]) if more else "", before if cursor else "")


def _kinds(which: Which) -> Iterator[Kind]:
    mine = {"service": which.service_id}
    changes = Transition.objects.filter(breaker=which.id).select_related("process")
    yield Kind(changes, "at", "pk", _changed)
    yield Kind(Hold.objects.filter(breaker=which.name, **mine), "created_at", "revision", _held)
    policies = Policy.objects.filter(kind="breaker", target=which.name, **mine)
    yield Kind(policies, "created_at", "revision", _published)
    commands = Command.objects.filter(target=which.name, verb__in=COMMANDS, **mine)
    yield Kind(commands, "created_at", "revision", _commanded)


def _older(kind: Kind, rank: int, cursor: Key) -> Q:
    at, its, number = cursor
    older = Q(**{f"{kind.at}__lt": at})
    if rank < its:
        return older | Q(**{kind.at: at})
    return older | Q(**{kind.at: at, f"{kind.number}__lt": number}) if rank == its else older


def together(found: Sequence[tuple[Any, Event]], most: int) -> tuple[list[Event], int]:
    """What happened in several processes at nearly the same time for the same reason is told once.

    What happens twice in one process is told twice. Returns at most so many entries, and how many events are in them.
    """
    told: list[Event] = []
    places: list[set[int]] = []  # in which processes each happened
    for index, (_, event) in enumerate(found):
        near = (i for i in range(len(told) - 1, -1, -1) if _same(told[i], event) and event.process not in places[i])
        same = next(near, None)
        if same is None:
            if len(told) == most:
                return told, index
            told.append(event)
            places.append({event.process})
        else:
            first = told[same]
            others = (*first.others, event.where) if len(first.others) < NAMED else first.others
            told[same] = replace(first, more=first.more + 1, others=others)
            places[same].add(event.process)
    return told, len(found)


def _same(later: Event, event: Event) -> bool:
    alike = (later.word, later.cause, later.actor) == (event.word, event.cause, event.actor)
    return alike and event.process != 0 and (later.at - event.at).total_seconds() <= TOGETHER


def _changed(each: Transition) -> Event:
    would = each.kind == "would_open"
    return Event(
        at=each.at,
        state="metrics-only" if would else each.after.lower(),
        word="Would have opened" if would else WORDS.get(each.after, each.after),
        where=str(each.process),
        more=0,
        cause=each.cause,
        evidence=tuple(_shown(each.evidence)),
        actor=each.actor,
        process=each.process_id,
    )


def _shown(evidence: Any) -> Iterable[tuple[str, Any]]:
    for name, value in evidence.items():
        yield name.replace("_", " "), f"{value:.4g}" if isinstance(value, float) else value


def _held(each: Hold) -> Event:
    state = {"trip": "forced-open", "observe": "metrics-only", "disable": "disabled"}.get(each.kind, "closed")
    word = f"{KINDS.get(each.kind, each.kind)} from the console"
    return Event(each.created_at, state, word, "", 0, each.reason, actor=each.actor)


def _published(each: Policy) -> Event:
    word = f"Policy r{each.revision} " + ("lifted" if each.fields is None else "published")
    return Event(each.created_at, "forced-open", word, reached(each.scope), 0, each.reason, actor=each.actor)


def _commanded(each: Command) -> Event:
    word = f"{COMMANDS[each.verb]} asked for"
    return Event(each.created_at, "forced-open", word, "", 0, each.reason, actor=each.actor)


def _words(key: Key) -> str:
    at, kind, number = key
    return f"{round(at.timestamp() * 1_000_000)}-{kind}-{number}"


def _cursor(text: str) -> Key | None:
    """What a cursor says; nonsense is none."""
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or len(text) > 40:
        return None
    micros, kind, key = map(int, parts)
    if micros >= 10**17 or key >= 10**18:
        return None
    seconds, rest = divmod(micros, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest), kind, key
