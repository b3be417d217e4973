"""People: the list, invitations, role and grants, in and out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recovery.actions import people as acts
from recovery.actions import rights
from recovery.actions.problems import ActionProblem, Conflict, Invalid, Unchanged
from recovery.forms.filters import text
from recovery.forms.people import InviteForm, RightsForm
from recovery.permissions import Act, needs
from recovery.queries.people import listed

from .snippets import address

ADMINS = needs(Act.MANAGE_PEOPLE, read=Act.MANAGE_PEOPLE)
DIGITS = 18


@require_safe
@needs(read=Act.MANAGE_PEOPLE)
def page(request: HttpRequest) -> HttpResponse:
    """`/people/?q=…`."""
    return render(request, "recovery/people/page.html", {"found": listed.people(text(request.GET, "q"))})


@never_cache
@require_http_methods(["GET", "POST"])
@ADMINS
def invite(request: HttpRequest) -> HttpResponse:
    """`/people/invite/`: a role and its grants, then a link that is told once."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            secret = acts.invite(**form.rights, note=form.cleaned_data["note"], actor=request.actor)
            return _told(request, secret, whom=form.cleaned_data["note"], makes=form.cleaned_data["role"])
        except Invalid as problem:
            form.refused(problem)
    return render(request, "recovery/people/invite.html", {"form": form})


@require_POST
@ADMINS
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """POST `/people/links/<id>/withdraw/`."""
    try:
        link = acts.withdraw(_key(key), actor=request.actor)
        messages.success(request, f"The link for {link.note or link.user or 'a new ' + link.role} works no more.")
    except acts.UnknownLink as problem:
        raise Http404(str(problem)) from problem
    return redirect("people")


@require_http_methods(["GET", "POST"])
@ADMINS
def one(request: HttpRequest, key: int) -> HttpResponse:
    """`/people/<id>/`: role and grants; the form carries the revision that was edited."""
    person = _found(key)
    form = RightsForm(request.POST if request.method == "POST" else None, person=person)
    context: dict[str, Any] = {"person": person, "form": form}
    if form.is_valid():
        base = form.cleaned_data["base"]
        try:
            rights.change_rights(key, **form.rights, base=-1 if base is None else base, actor=request.actor)
            messages.success(request, f"What {person.name} may is changed, at once.")
            return redirect("people")
        except Conflict as conflict:
            return render(request, "recovery/people/one.html", context | {"conflict": conflict}, status=409)
        except Unchanged:
            return redirect("people")
        except rights.LastAdmin as problem:
            form.refused(problem)
            return render(request, "recovery/people/one.html", context, status=409)
        except Invalid as problem:
            form.refused(problem)
    return render(request, "recovery/people/one.html", context)


@require_POST
@ADMINS
def deactivate(request: HttpRequest, key: int) -> HttpResponse:
    """POST `/people/<id>/deactivate/`."""
    return _acted(request, key, rights.deactivate, "is out: every session of theirs has ended")


@require_POST
@ADMINS
def activate(request: HttpRequest, key: int) -> HttpResponse:
    """POST `/people/<id>/activate/`."""
    return _acted(request, key, rights.activate, "may sign in again")


@never_cache
@require_POST
@ADMINS
def password_link(request: HttpRequest, key: int) -> HttpResponse:
    """POST `/people/<id>/password/`: a link for a new password, told once."""
    person = _found(key)
    user = get_user_model().objects.get(pk=key)
    try:
        return _told(request, acts.new_password_link(user, actor=request.actor), whom=person.name)
    except Invalid as problem:
        messages.warning(request, f"Nothing was changed: {problem}.")
        return redirect("person", key)


def _acted(request: HttpRequest, key: int, act: Callable[..., Any], words: str) -> HttpResponse:
    name = _found(key).name
    try:
        act(key, actor=request.actor)
        messages.success(request, f"{name} {words}.")
    except ActionProblem as problem:
        messages.warning(request, f"Nothing was changed: {problem}.")
    return redirect("person", key)


def _found(key: int) -> listed.Person:
    person = listed.person(_key(key))
    if person is None:
        raise Http404
    return person


def _key(key: int) -> int:
    if key >= 10**DIGITS:
        raise Http404
    return key


def _told(request: HttpRequest, secret: str, *, whom: str, makes: str = "") -> HttpResponse:
    """The page that shows a link, this once."""
    link = address(request) + reverse("one-time-link", args=[secret])
    return render(request, "recovery/people/link.html", {"link": link, "whom": whom, "makes": makes}, status=201)
