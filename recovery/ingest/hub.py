"""The links of this console process. New revisions of a service are read once and fanned out to its processes."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async

from recovery import wire
from recovery.models import Service
from recovery.moment import clock, now

from . import access, closing
from .desired_state import Step, steps_after
from .jobs import Heard, Job, Sent

if TYPE_CHECKING:
    from .service import Ingest
    from .session import Session

MOST_LINKS = 5_000
HEARD_SECONDS = 5.0  # how often it is written that processes were heard
TOKENS_SECONDS = 5.0
MARKS_AT_ONCE = 500

log = logging.getLogger("recovery.link")


class Hub:
    """Who is linked here. Everything runs in the serving loop."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest
        self._claims: dict[tuple[int, str], Session] = {}
        self._links: dict[int, set[Session]] = defaultdict(set)
        self._wrote_heard = self._asked_tokens = clock().monotonic()

    def __len__(self) -> int:
        return sum(map(len, self._links.values()))

    def sessions(self, service: int | None = None) -> list[Session]:
        """Those of one service, or all."""
        if service is not None:
            return list(self._links.get(service, ()))
        return [session for sessions in self._links.values() for session in sessions]

    def claim(self, session: Session, uid: str) -> None:
        """A process has one link: an older one of the same id is replaced. Raises Closing when there are too many."""
        key = (session.access.service, uid)
        older = self._claims.get(key)
        if older is session:
            return
        if older is None and len(self._claims) >= MOST_LINKS:
            raise closing.later("too many processes are linked to this console")
        self._claims[key] = session
        if older is not None:
            older.close(closing.replaced(), "replaced")

    def add(self, session: Session) -> None:
        """It was welcomed: directives go to it from here on."""
        self._links[session.access.service].add(session)

    def drop(self, session: Session) -> None:
        """It is over."""
        sessions = self._links.get(session.access.service, set())
        sessions.discard(session)
        if not sessions:
            self._links.pop(session.access.service, None)
        for key in [key for key, claimant in self._claims.items() if claimant is session]:
            del self._claims[key]

    def sent(self, sessions: Iterable[Session], steps: Sequence[Step]) -> None:
        """Send steps to those who do not have them, and note whom they mean."""
        frames = [(step, _frames(step)) for step in steps]
        pairs: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for session in sessions:
            if session.peer is None:
                continue
            for step, (elsewhere, here) in frames:
                meant = step.means(session.peer)
                session.send(here if meant else elsewhere)
                if meant:
                    pairs[session.access.service].append((session.peer.process, step.revision))
        for service, its in pairs.items():
            self._ingest.inbox.put(Job(Sent(service, tuple(its))))

    def watch(self, service: int, breakers: Sequence[str] = (), seconds: float = wire.limits.WATCH_SECONDS) -> int:
        """Ask a service's processes for pulses; how many were asked. Without names: of all breakers."""
        names = tuple(breakers)[: wire.limits.WATCHED]
        frame = wire.encode(wire.Watch(seconds=seconds, breakers=names))[0]
        sessions = self.sessions(service)
        for session in sessions:
            session.send(frame)
        return len(sessions)

    async def tick(self) -> None:
        """Once a second: what is new, who is silent, whose token was revoked."""
        at = clock().monotonic()
        for session in self.sessions():
            if not session.waiting and at - session.heard > wire.limits.SILENCE_SECONDS:
                session.close(closing.lost(), "lost")
        if at - self._wrote_heard >= HEARD_SECONDS:
            self._wrote_heard = at
            self._write_heard(at)
        try:
            if at - self._asked_tokens >= TOKENS_SECONDS:
                self._asked_tokens = at
                await self.check_tokens()
            await self.look()
        except Exception:
            log.warning("the database was not asked for new directives; trying again", exc_info=True)

    def _write_heard(self, at: float) -> None:
        moment = now()
        marks = [
            (peer.process, peer.interval, moment, peer.offset)
            for session in self.sessions()
            if (peer := session.peer) and (session.waiting or at - session.heard <= HEARD_SECONDS + 1)
        ]
        for start in range(0, len(marks), MARKS_AT_ONCE):
            self._ingest.inbox.put(Job(Heard(tuple(marks[start : start + MARKS_AT_ONCE]))))

    async def check_tokens(self) -> None:
        """End the links whose token holds no more."""
        tokens = sorted({session.access.token for session in self.sessions()})
        if not tokens:
            return
        over = await database_sync_to_async(access.revoked, thread_sensitive=False)(tokens)
        for session in self.sessions():
            if session.access.token in over:
                session.close(closing.revoked(), "revoked")

    async def look(self) -> None:
        """Read the revisions that somebody here does not have yet, once, and send them."""
        oldest = {service: min(each.revision for each in sessions) for service, sessions in self._links.items()}
        if not oldest:
            return
        for service, (steps, last) in (await database_sync_to_async(_news, thread_sensitive=False)(oldest)).items():
            for session in self.sessions(service):
                if session.revision < oldest[service]:
                    continue  # it came meanwhile, with a welcome from before: it is told all of it the next time
                self.sent([session], [step for step in steps if step.revision > session.revision])
                session.revision = max(session.revision, last)

    def stop(self) -> None:
        """Tell everybody that the console goes away."""
        for session in list(self._claims.values()):
            session.close(closing.restarting(), "restart")


def _frames(step: Step) -> tuple[bytes, bytes]:
    """For those that it does not mean, who have to know of the revision all the same, and for those that it means."""
    here = wire.encode(step.directive)[0]
    return here if step.elsewhere is step.directive else wire.encode(step.elsewhere)[0], here


def _news(oldest: dict[int, int]) -> dict[int, tuple[list[Step], int]]:
    """By service that has any: the steps after the oldest revision, and how far they go."""
    present = dict(Service.objects.filter(pk__in=oldest).values_list("pk", "revision"))
    moment = now()
    return {
        service: steps_after(service, oldest[service], moment)
        for service, revision in present.items()
        if revision > oldest[service]
    }
