"""Live parts of the pages. A part is a template with one root id, rendered alone, the same for everybody.

A key names a part: ``board-head``, ``board`` or ``board:state=open&q=x``, ``board-chips``, ``row:12``, ``breaker:12`` …
`recovery.views.parts` has them all, and how each is made; a number is always a key of the database.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from recovery.queries.board_rows import rows

from .parts import PARTS, Made, NoFragment
from .rows import drawn

LONGEST_KEY = 1_000
NARROWED = {"board", "board-chips", "services", "errors", "policies"}  # what follows is a filter, not in the root's id
PAIRED = {"progress", "holds"}  # of a service, and of what in it
_BREAKER = tuple(name for name in PARTS if name.startswith("breaker"))

_POLICY = ("policy-breaker", "policy-wanted-breaker")
_POLICIES = ("policies", *_POLICY, "policy-operation", "policy-wanted-operation")  # under every filter, of every target

_ROLLOUT = ("stages", "figures", "runs", "told")

_ACTS = ("progress:{id}:", "holds:{id}:", "many")

# What a hint concerns. Aggregates change without a hint: charts, facts and rows are due again every ten seconds or so.
CONCERNED: dict[str, tuple[str, ...]] = {
    "breaker": ("row:{id}", "board-head", "board-chips", *(f"{name}:{{id}}" for name in (*_BREAKER, *_POLICY))),
    "service": (
        "board",
        "board-head",
        "board-chips",
        "services",
        "service:{id}",
        "contact:{id}",
        *_POLICIES,
        "rollout-runs",
        *_ACTS,
    ),
    "desired": ("services", "service:{id}", *_ACTS),
    "error": ("board-head", "errors", "count-errors"),
    "check": ("checks", "check:{id}"),
    "person": (),  # no part is anybody's own: their pages ask whether they may still look
    "console": ("board-head",),
    "rollout": ("rollouts", "rollout:{id}", *(f"rollout-{part}:{{id}}" for part in _ROLLOUT)),
    "pulse": ("breaker-live:{id}",),  # no hint: pulses came in here, once a second
    "pulses": ("breaker-processes:{id}",),
}


def render(key: str) -> str:
    """The part as HTML, with one root element. Raises NoFragment."""
    template, context = _made(key)
    return render_to_string(template, context).strip()


def render_rows(ids: Iterable[int]) -> dict[str, str]:
    """Many rows of the board in one go, by key: as many queries as for one. Who is gone is left out."""
    return {f"row:{key}": html for key, html in drawn(rows(list(ids))).items()}


def root_id(key: str) -> str:
    """The id of the part's root element, which a push replaces."""
    name, _, rest = key.partition(":")
    if name in PAIRED:
        return f"{name}-{rest.replace(':', '-')}"
    return name if name in NARROWED or not rest else f"{name}-{rest.partition(':')[0]}"


def keys_for(topic: str, id: int | str = 0) -> list[str]:  # noqa: A002 - the word of the hint
    """Which parts a hint concerns. A bare ``board``: under every filter; ``holds:3:``: all of a service."""
    keys = (key.format(id=id) for key in CONCERNED.get(topic, ()))
    return [key for key in keys if key.partition(":")[0] in PARTS]


@require_safe
def fragment(_request: HttpRequest, key: str) -> HttpResponse:
    """GET /fragments/<key>: for pages without a socket."""
    try:
        return HttpResponse(render(key))
    except NoFragment as missing:
        raise Http404(str(missing)) from missing


def _made(key: str) -> Made:
    name, _, rest = key.partition(":")
    if name not in PARTS or len(key) > LONGEST_KEY:
        raise NoFragment(key[:100])
    return PARTS[name](rest)
