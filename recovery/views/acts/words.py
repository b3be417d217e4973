"""An act in words: what it does, whom it hits, who is behind with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from recovery.forms.end import EndForm
from recovery.moment import now
from recovery.queries import desired
from recovery.queries.acts.changes import Change
from recovery.queries.acts.words import where
from recovery.queries.desired import Progress, Standing
from recovery.templatetags.figures import plural, rate

VERBS = {
    "trip": "Trip",
    "disable": "Disable",
    "observe": "Metrics only",
    "release": "Release",
    "reset": "Reset",
    "probe": "Probe",
}
MEANS = {
    "trip": "Every call is refused.",
    "disable": "Every call passes, and nothing is recorded.",
    "observe": "Every call passes; what would have opened it is recorded.",
    "release": "Ends what holds it. A tripped one probes with its next call, others close.",
    "reset": "Closes it and empties its window; a hold ends with it.",
    "probe": "Lets the next call of an open one through, to find out.",
}
HOLDS = ("trip", "disable", "observe")
MOST_NAMED = 5


def becomes(verb: str, calls: float | None) -> str:
    """What happens to the calls it sees."""
    if verb not in HOLDS:
        return MEANS[verb]
    fate = "will be refused" if verb == "trip" else "will pass unprotected"
    tail = {"disable": ", and nothing is recorded", "observe": "; what would have opened it is recorded"}.get(verb, "")
    if calls is None:
        return f"How many calls a second {fate} is not known{tail}."
    if not calls:
        return f"Nobody calls it now; calls that come {fate}{tail}."
    return f"About {rate(calls)} calls/s {fate}{tail}."


def ends(form: EndForm) -> dict[str, Any]:
    """When it would end, from a form that may be half filled in."""
    at = form.ends_at()
    left = None if at is None else (at - now()).total_seconds()
    return {"ends_at": at, "ends_in": left, "released": form["end"].value() == "released"}


def on(count: int) -> str:
    """``on 4 processes``."""
    return f"on {plural(count, 'process,processes')}"


def headline(change: Change, names: dict[str, str]) -> str:
    """``Trip payments.charge · host web-1``."""
    verb = VERBS.get(change.verb, change.verb.replace("_", " ").capitalize())
    return " · ".join(filter(None, (f"{verb} {change.target}".strip(), where(change.scope, names))))


def summary(progress: Progress) -> str:
    """How far it is, in one sentence."""
    if progress.meant:
        return f"Applied on {progress.applied} of {progress.meant}."
    if progress.change.lasting:
        return "No linked process runs it there. It is kept, and applies as soon as one links."
    if progress.expired:
        return "No process was there to do it. Its time is over, and nothing was changed."
    return "No linked process runs it there. One that links in the next seconds does it."


@dataclass(frozen=True, slots=True)
class Line:
    """Processes that stand alike."""

    names: str
    text: str
    bad: bool = False


def behind(progress: Progress) -> list[Line]:
    """Who did not apply it, and what comes of that."""
    lasting = progress.change.lasting
    again = "applies when it links again" if lasting else "gets it only if it links again within its minute"
    lines = [
        Line(each.name, f"refused: {each.why or 'no reason given'}", bad=True)
        for each in progress.those(desired.REFUSED)[:MOST_NAMED]
    ]
    texts = (
        (desired.WAITING, "not sent yet"),
        (desired.SENT, "sent, not answered yet"),
        (desired.AWAY, f"cut off: {again}"),
        (desired.LEFT, "left before it answered"),
        (desired.EXPIRED, "did not answer in its minute: it is over there, and nothing comes of it"),
    )
    for word, text in texts:
        if its := progress.those(word):
            lines.append(Line(_named(its), text, bad=word == desired.EXPIRED))
    return lines


def _named(its: Iterable[Standing]) -> str:
    names = [each.name for each in its]
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
