"""One act on many breakers: a preview of exactly what it hits, then the act, then what became of each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recovery.actions.bulk import MOST_AT_ONCE, act_on
from recovery.actions.problems import ActionProblem, Invalid
from recovery.actions.undo_many import undo_many
from recovery.forms.end import FIRST, PRESETS
from recovery.forms.filters import board_filter
from recovery.forms.hold import ManyForm
from recovery.moment import now
from recovery.permissions import Act, needs
from recovery.queries.acts.many import matching, several

from .answers import refused
from .many_told import many_told
from .words import HOLDS, MEANS, VERBS, becomes, ends, on

DIGITS = 18
MOST_LISTED = 100


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.STEER_BREAKERS, read=Act.STEER_BREAKERS)
def many(request: HttpRequest) -> HttpResponse:
    """`/many/?b=12&b=15`, or `/many/?all=1&state=open&q=…` for all that the board's filter leaves; POST acts."""
    if request.method != "POST":
        keys, count = _asked(request)
        return _form(request, ManyForm(initial={"ids": ",".join(map(str, keys))}), keys, count)
    form = ManyForm(request.POST)
    if form.is_valid():
        try:
            keys = form.cleaned_data["ids"]
            made = act_on(keys, form.cleaned_data["verb"], actor=request.actor, **form.how)
            return _done(request, made.entry.pk)
        except Invalid as problem:
            form.refused(problem)
        except ActionProblem as problem:
            return refused(request, None, problem)
    keys = form.cleaned_data.get("ids", [])
    return _form(request, form, keys[:MOST_AT_ONCE], len(keys), status=422)


@require_safe
@needs(read=Act.STEER_BREAKERS)
def many_reach(request: HttpRequest) -> HttpResponse:
    """`/many/reach?ids=12,15&verb=trip&end=15`: whom that would hit."""
    form = ManyForm(request.GET)
    form.is_valid()
    return render(
        request, "recovery/acts/many_reach.html", _reach(form, form.cleaned_data.get("ids", [])[:MOST_AT_ONCE])
    )


@require_safe
def many_did(request: HttpRequest, entry: int) -> HttpResponse:
    """`/many/<entry>/`: what became of it."""
    context = many_told(entry) if entry < 10**DIGITS else None
    if context is None:
        raise Http404
    return render(request, "recovery/acts/many_did.html", context)


@require_POST
@needs(Act.STEER_BREAKERS)
def many_undo(request: HttpRequest, entry: int) -> HttpResponse:
    """POST `/many/<entry>/undo`."""
    if entry >= 10**DIGITS or many_told(entry) is None:
        raise Http404
    try:
        return _done(request, undo_many(entry, actor=request.actor).entry.pk)
    except ActionProblem as problem:
        return refused(request, None, problem)


def _asked(request: HttpRequest) -> tuple[list[int], int]:
    """The keys asked for, and how many there would be without the cap."""
    if "all" in request.GET:
        return matching(board_filter(request.GET))
    keys = [int(key) for key in request.GET.getlist("b") if key.isascii() and key.isdigit() and len(key) <= DIGITS]
    keys = list(dict.fromkeys(keys))
    return keys[:MOST_AT_ONCE], len(keys)


def _form(request: HttpRequest, form: ManyForm, keys: Collection[int], count: int, status: int = 200) -> HttpResponse:
    verb, end = form["verb"].value(), form["end"].value()
    context = {
        "form": form,
        "verbs": [(each, word, MEANS[each]) for each, word in VERBS.items()],
        "presets": PRESETS.items(),
        "end": end if end in PRESETS else FIRST,
        "zone": form["zone"].value() or "UTC",
        "now": now(),
        "too_many": count if count > MOST_AT_ONCE else 0,
        "most": MOST_AT_ONCE,
        **_reach(form, keys),
    }
    context["verb"] = verb if verb in VERBS else HOLDS[0]
    page = f"recovery/acts/many{'' if request.htmx else '_page'}.html"
    return render(request, page, context, status=status)


def _reach(form: ManyForm, keys: Collection[int]) -> dict[str, Any]:
    its, verb = several(keys), form["verb"].value()
    verb = verb if verb in VERBS else HOLDS[0]
    return {
        "several": its,
        "listed": its.rows[:MOST_LISTED],
        "more": max(0, len(its.rows) - MOST_LISTED),
        "verb": verb,
        "word": VERBS[verb],
        "holds": verb in HOLDS,
        "on": on(its.processes),
        "fate": becomes(verb, its.calls) if its.processes else "",
        **ends(form),
    }


def _done(request: HttpRequest, entry: int) -> HttpResponse:
    if request.htmx:
        return render(request, "recovery/acts/many_told.html", many_told(entry))
    return redirect("many-did", entry)
