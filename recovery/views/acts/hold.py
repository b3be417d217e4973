"""Trip, disable, metrics only: a form that says whom it hits before it does."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from recovery.actions import holds
from recovery.actions.problems import ActionProblem, Invalid
from recovery.forms.end import FIRST, PRESETS
from recovery.forms.hold import HoldForm, scope_of
from recovery.moment import now
from recovery.permissions import Act, needs
from recovery.queries.acts.offers import offers
from recovery.queries.acts.reach import choices, reach, runners
from recovery.queries.acts.standing import holds as standing
from recovery.queries.board_rows import rows
from recovery.queries.breaker.which import Which

from .answers import done, found, owner, refused
from .words import HOLDS, MEANS, VERBS, becomes, ends, on


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.STEER_BREAKERS, read=Act.STEER_BREAKERS)
def hold(request: HttpRequest, service: str, environment: str, breaker: str) -> HttpResponse:
    """`/breakers/<service>/<environment>/<name>/hold?kind=trip`: the form, in a dialog or as a page; POST holds."""
    which = found(service, environment, breaker)
    if request.method != "POST":
        return _form(request, which, HoldForm(initial=request.GET.dict()))
    form = HoldForm(request.POST)
    if form.is_valid():
        try:
            kind = form.cleaned_data["kind"]
            made = holds.hold(owner(which), which.name, kind, actor=request.actor, **form.how)
            return done(request, which, made.revision)
        except Invalid as problem:
            form.refused(problem)
        except ActionProblem as problem:
            return refused(request, which, problem)
    return _form(request, which, form, status=422)


@require_safe
@needs(read=Act.STEER_BREAKERS)
def hold_reach(request: HttpRequest, service: str, environment: str, breaker: str) -> HttpResponse:
    """`…/hold/reach?kind=trip&scope=host:web-1&end=15`: whom that would hit, as the form asks while it is filled in."""
    which = found(service, environment, breaker)
    return render(request, "recovery/acts/reach.html", _reach(which, HoldForm(request.GET)))


@require_safe
@needs(read=Act.STEER_BREAKERS)
def acts(request: HttpRequest, service: str, environment: str, breaker: str) -> HttpResponse:
    """`…/acts`: all that can be done with it now, in a dialog or as a page."""
    which = found(service, environment, breaker)
    held = standing(which.id)
    row = rows([which.id])[0]
    offered = offers(row.state, held=bool(held and held.rows))
    context = {
        "which": which,
        "row": row,
        "holds": [(kind, VERBS[kind], MEANS[kind]) for kind in HOLDS],
        "now": [(verb, VERBS[verb], MEANS[verb]) for verb in ("release", "probe", "reset") if verb in offered],
        "on": on(row.processes.linked),
    }
    return _shown(request, "acts", context)


def _form(request: HttpRequest, which: Which, form: HoldForm, status: int = 200) -> HttpResponse:
    running = runners(which)
    context = {
        "which": which,
        "form": form,
        "kinds": [(kind, VERBS[kind], MEANS[kind]) for kind in HOLDS],
        "kind": form["kind"].value() if form["kind"].value() in HOLDS else HOLDS[0],
        "presets": PRESETS.items(),
        "end": form["end"].value() if form["end"].value() in PRESETS else FIRST,
        "choices": _with(choices(running), str(form["scope"].value() or "all")),
        "scope": str(form["scope"].value() or "all"),
        "zone": form["zone"].value() or "UTC",
        "now": now(),
        **_reach(which, form),
    }
    return _shown(request, "hold", context, status)


def _with(offered: list[tuple[str, Any]], asked: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The groups of the select; a scope that no linked process fits is offered too, where it was asked for."""
    groups = [(word, its) if isinstance(its, list) else ("", [(word, its)]) for word, its in offered]
    known = {value for _, its in groups for value, _ in its}
    if asked not in known and scope_of(asked):
        groups.append(("Not linked now", [(asked, asked.partition(":")[2])]))
    return groups


def _reach(which: Which, form: HoldForm) -> dict[str, Any]:
    """Whom it hits, from fields that may be half filled in."""
    values = {name: form[name].value() for name in ("kind", "scope")}
    kind = values["kind"] if values["kind"] in HOLDS else HOLDS[0]
    its = reach(which, scope_of(str(values["scope"] or "all")) or {}, runners(which))
    return {"which": which, "reach": its, "kind": kind, "verb": VERBS[kind], "on": on(its.hit)} | {
        "fate": becomes(kind, its.share) if its.hit else "",
        **ends(form),
    }


def _shown(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """In the dialog of a page that stays, or as a page of its own."""
    page = f"recovery/acts/{name}.html" if request.htmx else f"recovery/acts/{name}_page.html"
    return render(request, page, context, status=status)
