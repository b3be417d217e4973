"""Closed by default: a view is reached by those whose role allows what it is marked with (`recovery.permissions`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from recovery.actions.actor import Actor, nobody
from recovery.actions.problems import NotAllowed
from recovery.actions.refusals import refused
from recovery.permissions import SAFE_METHODS, allows, is_open, needed, role_of

from .address import address_of


class Doorway:
    """The last middleware before the view; synchronous only."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say who asks, for views and refusals alike; what is asked is looked at in `process_view`."""
        request.actor = actor_of(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """None lets the request through."""
        if is_open(view):
            return None
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        act = needed(view, request.method)
        if act is None or not allows(role_of(request.user), act):
            refuse(request, str(act or "do this"))
        return None

    def process_exception(self, request: HttpRequest, problem: Exception) -> None:
        """What an action refused is in the audit; a refusal by a view is written here."""
        if isinstance(problem, NotAllowed) and not problem.told and request.method not in SAFE_METHODS:
            refused(request.actor, problem.act, target=request.path)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A page is sent to the sign-in; a fragment, a form or a script gets a 401 that says so."""
    if request.method in SAFE_METHODS and not request.htmx:
        return redirect_to_login(request.get_full_path())
    answer = render(request, "401.html", status=401)
    answer["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
    return answer


def refuse(request: HttpRequest, act: str) -> None:
    """403; an attempt to change something is written to the audit."""
    if request.method not in SAFE_METHODS:
        refused(request.actor, act, target=request.path)
    raise PermissionDenied(act)


def actor_of(request: HttpRequest) -> Actor:
    """Whoever asks, as actions want to know them: views hand `request.actor` on."""
    user: Any = request.user
    address = address_of(request)
    if not user.is_authenticated:
        return nobody(user, address, request.id)
    return Actor(user.get_username(), user=user, address=address, request_id=request.id)
