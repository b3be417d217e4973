"""Health checks: the list, one of them, and the acts on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recovery.actions import checks as acts
from recovery.actions.problems import ActionProblem, Conflict, Invalid, Unchanged
from recovery.forms.check import CheckForm
from recovery.models import Service
from recovery.permissions import Act, needs
from recovery.queries import health
from recovery.queries.services.listed import services

DIGITS = 18


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/health/`."""
    return render(request, "recovery/health/page.html", {"checks": health.checks(), "work": health.work()})


@require_safe
def one(request: HttpRequest, key: int) -> HttpResponse:
    """`/health/<id>/`."""
    return render(request, "recovery/health/one.html", {"check": _found(key)})


@require_http_methods(["GET", "POST"])
@needs(Act.EDIT_CHECKS, read=Act.EDIT_CHECKS)
def add(request: HttpRequest) -> HttpResponse:
    """`/health/add/?service=<id>`: first whose it is, then the form."""
    service = _service(request.GET.get("service", ""))
    if service is None:
        return render(request, "recovery/health/choose.html", {"services": services().rows})
    form = CheckForm(request.POST if request.method == "POST" else None, service=service)
    if form.is_valid():
        made = _tried(form, lambda: acts.create(service, **_wanted(form), actor=request.actor))
        if made is not None:
            messages.success(request, f"{made.name} is made, and runs at once.")
            return redirect("check", made.pk)
    return render(request, "recovery/health/form.html", {"form": form, "service": service})


@require_http_methods(["GET", "POST"])
@needs(Act.EDIT_CHECKS, read=Act.EDIT_CHECKS)
def edit(request: HttpRequest, key: int) -> HttpResponse:
    """`/health/<id>/edit/`; the form carries the revision that was edited."""
    check = _found(key)
    service = Service.objects.get(pk=check.service_id)
    form = CheckForm(request.POST if request.method == "POST" else None, service=service, row=check)
    context: dict[str, Any] = {"form": form, "service": service, "check": check}
    if form.is_valid():
        try:
            revision = form.cleaned_data["revision"] or check.revision
            changed = _tried(form, lambda: acts.edit(key, **_wanted(form), actor=request.actor, revision=revision))
        except acts.UnknownCheck as gone:
            raise Http404 from gone
        except Conflict as conflict:
            return render(request, "recovery/health/form.html", context | {"conflict": conflict}, status=409)
        except Unchanged:
            return redirect("check", key)
        if changed is not None:
            messages.success(request, f"{changed.name} is changed, and runs at once.")
            return redirect("check", key)
    return render(request, "recovery/health/form.html", context)


@require_POST
@needs(Act.EDIT_CHECKS)
def delete(request: HttpRequest, key: int) -> HttpResponse:
    """POST `/health/<id>/delete/`."""
    check = _found(key)
    try:
        acts.delete(key, actor=request.actor)
    except acts.UnknownCheck as gone:  # a second click
        raise Http404 from gone
    messages.success(request, f"{check.name} and its results are deleted.")
    return redirect("health")


@require_POST
@needs(Act.EDIT_CHECKS)
def switch(request: HttpRequest, key: int) -> HttpResponse:
    """POST `/health/<id>/switch/` with on=yes or on=no."""
    enabled = request.POST.get("on") == "yes"
    words = "runs again" if enabled else "does not run any more"
    return _acted(request, key, lambda: acts.set_enabled(key, enabled, actor=request.actor), words)


@require_POST
@needs(Act.RUN_CHECKS)
def run(request: HttpRequest, key: int) -> HttpResponse:
    """POST `/health/<id>/run/`."""
    return _acted(request, key, lambda: acts.run_now(key, actor=request.actor), "runs within a second")


def _acted(request: HttpRequest, key: int, act: Callable[[], Any], words: str) -> HttpResponse:
    name = _found(key).name
    try:
        act()
        messages.success(request, f"{name} {words}.")
    except ActionProblem as problem:
        messages.warning(request, f"Nothing was changed: {problem}.")
    return redirect("check", key)


def _found(key: int) -> health.CheckRow:
    check = health.check(key) if key < 10**DIGITS else None
    if check is None:
        raise Http404
    return check


def _service(asked: str) -> Service | None:
    known = asked.isascii() and asked.isdigit() and len(asked) <= DIGITS
    return Service.objects.filter(pk=int(asked)).first() if known else None


def _wanted(form: CheckForm) -> dict[str, Any]:
    return {"fields": form.act_fields, "breakers": form.cleaned_data["breakers"]}


def _tried(form: CheckForm, act: Callable[[], Any]) -> Any:
    """What the act made, or None with the reasons at the form's fields."""
    try:
        return act()
    except Invalid as problem:
        form.refused(problem)
        return None
