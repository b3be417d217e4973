"""Services: who runs, how they are linked, and the tokens by which they call in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recovery.actions.problems import ActionProblem
from recovery.actions.services import find_service, make_service
from recovery.actions.tokens import NewToken, create_token, revoke_token
from recovery.forms.filters import text
from recovery.forms.service import ServiceForm, TokenForm, put
from recovery.models import Service, Token
from recovery.permissions import Act, needs
from recovery.queries.services.listed import services
from recovery.queries.services.one import contact
from recovery.queries.services.one import one as one_service

from .snippets import address, snippets, three_lines


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/services/?q=…`."""
    found = services(text(request.GET, "q"))
    key = f"services:q={found.q}" if found.q else "services"
    return render(request, "recovery/services/page.html", {"found": found, "key": key})


@require_safe
def one(request: HttpRequest, service: str, environment: str) -> HttpResponse:
    """`/services/<service>/<environment>/`."""
    found = one_service(service, environment)
    if found is None:
        raise Http404
    context = {"one": found, "form": TokenForm(), "snippets": snippets(address(request))}
    return render(request, "recovery/services/one.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Act.MANAGE_TOKENS, read=Act.MANAGE_TOKENS)
def add(request: HttpRequest) -> HttpResponse:
    """`/services/add/`: a service and its first token, told once."""
    form = ServiceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            service = make_service(**form.cleaned_data, actor=request.actor)
            return _told(request, service, create_token(service, actor=request.actor, label="first"))
        except ActionProblem as problem:
            put(form, problem)
    return render(request, "recovery/services/add.html", {"form": form})


@never_cache
@require_POST
@needs(Act.MANAGE_TOKENS)
def new_token(request: HttpRequest, service: str, environment: str) -> HttpResponse:
    """POST `/services/<service>/<environment>/tokens/`: another token, told once."""
    try:
        found = find_service(service, environment)
    except ActionProblem as missing:
        raise Http404 from missing
    form = TokenForm(request.POST)
    if form.is_valid():
        return _told(request, found, create_token(found, actor=request.actor, label=form.cleaned_data["label"]))
    messages.error(request, "The label is too long. No token was made.")
    return redirect("service", service, environment)


@require_POST
@needs(Act.MANAGE_TOKENS)
def revoke(request: HttpRequest, key: int) -> HttpResponse:
    """POST `/services/tokens/<id>/revoke/`."""
    token = Token.objects.select_related("service").filter(pk=key).first()
    if token is None:
        raise Http404
    try:
        revoke_token(token, actor=request.actor)
        messages.success(
            request, f"Token {token.prefix}… is revoked. Processes that use it are unlinked within seconds."
        )
    except ActionProblem as problem:
        messages.warning(request, f"Nothing was changed: {problem}.")
    return redirect("service", token.service.name, token.service.environment)


def _told(request: HttpRequest, service: Service, made: NewToken) -> HttpResponse:
    """The page that shows a secret, this once."""
    url = address(request)
    context: dict[str, Any] = {
        "service": service,
        "made": made,
        "lines": three_lines(url, made.secret),
        "snippets": snippets(url, made.secret),
        "met": contact(service.pk),
    }
    return render(request, "recovery/services/token.html", context, status=201)
