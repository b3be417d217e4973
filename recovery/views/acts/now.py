"""Acts that refuse no call and unprotect none: reset, probe, release, and taking back. POST only, asked twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from recovery.actions import commands, holds
from recovery.actions.problems import ActionProblem, Invalid, UnknownRevision
from recovery.actions.undo import undo as take_back
from recovery.forms.hold import scope_of
from recovery.permissions import Act, needs
from recovery.queries.acts.reach import Reach, reach, runners
from recovery.queries.breaker.which import Which

from .answers import done, found, owner, refused
from .words import MEANS, VERBS

Do = Callable[..., int]
MOST_REVISION = 10**15


def _command(verb: str) -> Do:
    return lambda service, breaker, **how: commands.command(service, breaker, verb, **how).command.revision


def _release(service: Any, breaker: str, **how: Any) -> int:
    return holds.release(service, breaker, **how).revision


@require_POST
@needs(Act.STEER_BREAKERS)
def reset(request: HttpRequest, service: str, environment: str, breaker: str) -> HttpResponse:
    """POST `/breakers/<service>/<environment>/<name>/reset` with sure=yes, and scope=host:web-1 if not all."""
    return _asked(request, found(service, environment, breaker), "reset", _command("reset"))


@require_POST
@needs(Act.STEER_BREAKERS)
def probe(request: HttpRequest, service: str, environment: str, breaker: str) -> HttpResponse:
    """POST `…/probe`."""
    return _asked(request, found(service, environment, breaker), "probe", _command("probe"))


@require_POST
@needs(Act.STEER_BREAKERS)
def release(request: HttpRequest, service: str, environment: str, breaker: str) -> HttpResponse:
    """POST `…/release`."""
    return _asked(request, found(service, environment, breaker), "release", _release)


@require_POST
@needs(Act.STEER_BREAKERS)
def undo(request: HttpRequest, service: str, environment: str, breaker: str, revision: int) -> HttpResponse:
    """POST `…/undo/<revision>`."""
    which = found(service, environment, breaker)
    if revision > MOST_REVISION:
        raise Http404
    try:
        return done(request, which, take_back(owner(which), revision, actor=request.actor).revision)
    except UnknownRevision as missing:
        raise Http404 from missing
    except ActionProblem as problem:
        return refused(request, which, problem)


def _asked(request: HttpRequest, which: Which, verb: str, do: Do) -> HttpResponse:
    asked = request.POST.get("scope", "all")
    scope = scope_of(asked)
    if scope is None:
        return refused(request, which, Invalid({"scope": "scope must be all, or one version, host or process"}))
    if request.POST.get("sure") != "yes":
        return _confirm(request, verb, asked, reach(which, scope, runners(which)))
    try:
        reason = request.POST.get("reason", "")
        return done(request, which, do(owner(which), which.name, actor=request.actor, reason=reason, scope=scope))
    except ActionProblem as problem:
        return refused(request, which, problem)


def _confirm(request: HttpRequest, verb: str, scope: str, its: Reach) -> HttpResponse:
    """The second step, where no script makes it in place."""
    context = {"verb": verb, "word": VERBS[verb], "means": MEANS[verb], "scope": scope, "reach": its}
    return render(request, "recovery/acts/confirm.html", context)
