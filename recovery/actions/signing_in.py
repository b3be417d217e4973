"""Sign-in and sign-out: throttled by name and place together, by name and by place; each end of it in the audit.

An address from which somebody signed in lately is theirs: there only their own mistakes count, so that strangers who
try a name from elsewhere, or everything from behind the same proxy, lock nobody out who works here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from recovery.live.hints import hint_on_commit
from recovery.models import AuditEntry, Throttle
from recovery.moment import now

from .actor import Actor
from .audit import record
from .refusals import refused
from .throttle import Knock, Limit, counts, forget, knock, limit, network, take_back

FREE = {"pair": 5, "name": 20, "place": 50}
FREE_LINKS = 10
TRIES = {"pair": "tries of this name from there", "name": "of this name", "place": "from there"}
SIGN_IN, USE_LINK = "sign in", "use one-time link"
REMEMBERED = timedelta(days=30)
LAST_PLACES = 50
EACH_TOLD = 5  # then every doubling


def knock_at(name: str, actor: Actor) -> Knock:
    """Somebody wants to sign in by this name. With an `until` nothing is to be looked at; else end it by one below."""
    name, place = name.replace("\0", "").strip(), network(actor.address)
    limits = [limit("pair", name.casefold(), place, free=FREE["pair"])]
    if not _is_theirs(name, place):
        limits += [limit("name", name.casefold(), free=FREE["name"]), limit("place", place, free=FREE["place"])]
    return knock(limits)


@transaction.atomic
def opened(made: Knock, user: Any, *, actor: Actor) -> None:
    """The password was right."""
    confirmed(made)
    record(replace(actor, name=user.get_username(), user=user), SIGN_IN, target=user.get_username())


def confirmed(made: Knock) -> None:
    """Somebody who is signed in gave the right password: nothing begins but the count, anew."""
    forget([each for each in made.limits if not _is_place(each)])
    take_back(made, [each for each in made.limits if _is_place(each)])


def failed(made: Knock, name: str, *, actor: Actor) -> None:
    """It was not. The audit has the first few of each, then every doubling, and never what was typed by mistake."""
    found = counts(made)
    if not all(_is_told(row.count) for row in found.values()):
        return
    known = get_user_model().objects.filter(username=name.replace("\0", "")).exists()
    scope: dict[str, Any] = {TRIES[key.partition(":")[0]]: row.count for key, row in sorted(found.items(), key=_order)}
    if until := max((row.until for row in found.values() if row.until), default=None):
        scope["next try"] = until.isoformat()
    refused(actor, SIGN_IN, target=name if known else "an unknown name", scope=scope)


def signed_out(*, actor: Actor) -> None:
    """Somebody left; the sockets of that session close."""
    with transaction.atomic():
        record(actor, "sign out", target=actor.name)
        hint_on_commit("person", actor.user.pk)


def miss(actor: Actor) -> Knock:
    """A one-time link that opens nothing was tried."""
    made = knock([_links(actor)])
    if made.until is None and all(_is_told(row.count) for row in counts(made).values()):
        refused(actor, USE_LINK, target="a link that does not work")
    return made


def may_open_links(actor: Actor) -> Knock:
    """Whether this place has guessed too often: then until when, and nothing is counted."""
    found = counts(Knock((_links(actor),), now()))
    until = max((row.until for row in found.values() if row.until and row.until > now()), default=None)
    return Knock((), now(), until)


def _links(actor: Actor) -> Limit:
    return limit("link", network(actor.address), free=FREE_LINKS)


def _is_place(which: Limit) -> bool:
    return which.key.startswith("place:")


def _order(found: tuple[str, Throttle]) -> int:
    return list(TRIES).index(found[0].partition(":")[0])


def _is_told(count: int) -> bool:
    return count <= EACH_TOLD or count & (count - 1) == 0


def _is_theirs(name: str, place: str) -> bool:
    """Whether this person signed in from there lately."""
    acts = AuditEntry.objects.filter(actor=name[:100], act__in=(SIGN_IN, USE_LINK), refused=False)
    rows = acts.filter(at__gt=now() - REMEMBERED).only("origin")[:LAST_PLACES]
    return bool(place) and any(network(row.address) == place for row in rows)
