"""The replay of a breaker's recorded calls under a draft of its policy: a fragment of the editor, for every role."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recovery.forms.policy import draft_of
from recovery.queries.policies.which import Target, by_name
from recovery.queries.replay.compare import HOURS, replayed

USUAL = 1


@require_safe
def fragment(request: HttpRequest, service: str, environment: str, kind: str, name: str) -> HttpResponse:
    """GET `/policies/<service>/<environment>/breaker/<name>/replay?hours=1|6|48&<field>=<value>…`."""
    target = _found(service, environment, kind, name)
    asked = request.GET.get("hours", "")
    hours = int(asked) if asked in map(str, HOURS) else USUAL
    fields, problems = draft_of(request.GET, target.row)
    context = {
        "target": target,
        "hours": hours,
        "spans": tuple(HOURS),
        "problems": problems,
        "replayed": None if problems else replayed(target, fields, hours),
    }
    return render(request, "recovery/replay/fragment.html", context)


def _found(service: str, environment: str, kind: str, name: str) -> Target:
    target = by_name(service, environment, kind, name) if kind == "breaker" else None
    if target is None:
        raise Http404
    return target
