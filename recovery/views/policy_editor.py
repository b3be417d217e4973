"""The editor of a policy: typed, previewed, published, rebased where somebody was faster."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from recovery.actions import policies as acts
from recovery.actions import rollouts
from recovery.actions.problems import Conflict, Invalid, NotAllowed, RollingOut, Unchanged
from recovery.forms.policy import as_typed
from recovery.forms.policy_editor import Draft, filled, first, posted, with_reason
from recovery.forms.rollout import RolloutForm
from recovery.permissions import Act, may, needs
from recovery.queries.policies.merge import rebased
from recovery.queries.policies.one import Present, base_of, present
from recovery.queries.policies.preview import preview
from recovery.queries.policies.values import changes
from recovery.queries.policies.which import Target
from recovery.queries.rollouts.listed import running_of

from .policies import address, found


@require_http_methods(["GET", "POST"])
@needs(Act.PUBLISH_POLICIES, read=Act.PUBLISH_POLICIES)
def edit(request: HttpRequest, service: str, environment: str, kind: str, name: str) -> HttpResponse:
    """`…/edit`, filled with what is in force, `?preset=production` or the fields of `?from=<revision>`."""
    target = editable(request, service, environment, kind, name)
    now = present(target)
    if request.method != "POST":
        return _page(request, first(target, now, request.GET), now)
    draft = posted(target, request.POST)
    if request.POST.get("do") == "publish":
        return _published(request, draft, now)
    if request.POST.get("do") == "rebase" and draft.legal:
        merged = rebased(base_of(target, draft.base), draft.fields, now.fields)
        over = filled(target, as_typed(merged.fields or {}), now.revision, draft.reason)
        return _page(request, over, now, both=merged.both, rebased=True)
    return _page(request, draft, now)


@require_safe
@needs(read=Act.PUBLISH_POLICIES)
def previewed(request: HttpRequest, service: str, environment: str, kind: str, name: str) -> HttpResponse:
    """GET `…/preview?<field>=<value>…`: the draft's problems, difference and drawing, for the page of the editor."""
    target = editable(request, service, environment, kind, name)
    return render(request, "recovery/policies/previewed.html", _drawn(posted(target, request.GET), present(target)))


@require_http_methods(["GET", "POST"])
@needs(Act.PUBLISH_POLICIES, read=Act.PUBLISH_POLICIES)
def lift(request: HttpRequest, service: str, environment: str, kind: str, name: str) -> HttpResponse:
    """`…/lift`: what returning to the code's own would change; with a reason it is done."""
    target = editable(request, service, environment, kind, name)
    now = present(target)
    context: dict[str, Any] = {"present": now, "target": target, "changes": changes(target.kind, now.fields, None)}
    if request.method != "POST":
        return render(request, "recovery/policies/lift.html", context)
    draft = posted(target, request.POST)
    context["draft"] = draft
    try:
        made = acts.publish(*_of(target), None, actor=request.actor, base=draft.base, reason=draft.reason)
    except Invalid as problem:
        context["draft"] = draft.refused(problem.problems)
        return render(request, "recovery/policies/lift.html", context)
    except RollingOut as rolling:
        return render(request, "recovery/policies/lift.html", context | {"rolling": rolling}, status=409)
    except Conflict as conflict:
        return render(request, "recovery/policies/lift.html", context | {"conflict": conflict}, status=409)
    except Unchanged:
        messages.info(request, f"{target.name} runs the code's own already. Nothing was written.")
        return redirect(address(target))
    return redirect(f"{address(target)}?published={made.revision}")


def editable(request: HttpRequest, *words: str) -> Target:
    """The target of an address, for somebody who may publish for its service."""
    target = found(*words)
    if not may(request.user, Act.PUBLISH_POLICIES, target.service):
        raise NotAllowed(Act.PUBLISH_POLICIES, str(target.service))
    return target


def _published(request: HttpRequest, draft: Draft, now: Present) -> HttpResponse:
    target, draft, rollout = draft.target, with_reason(draft), RolloutForm(request.POST)
    if draft.problems or not rollout.is_valid():
        return _page(request, draft, now, rollout=rollout)
    how: dict[str, Any] = {"actor": request.actor, "base": draft.base, "reason": draft.reason}
    try:
        if rollout.step_by_step:
            begun = rollouts.begin(
                *_of(target), draft.fields, **how, stages=rollout.stages, guardrail=rollout.guardrail
            )
            messages.success(request, "The rollout has begun. Below is who has it, and how they fare.")
            return redirect("rollout", begun.pk)
        made = acts.publish(*_of(target), draft.fields, **how)
    except Invalid as problem:
        rollout.refused(problem)
        return _page(request, draft.refused(problem.problems), now, rollout=rollout)
    except Unchanged:
        return _page(request, draft, now, unchanged=True)
    except RollingOut as rolling:
        return _page(request, draft, now, rolling=rolling, status=409)
    except Conflict as conflict:
        if not conflict.diff:  # both want the same: most often it is one person's second click
            return _page(request, draft, now, unchanged=True)
        theirs = changes(target.kind, base_of(target, draft.base), conflict.present)
        return _page(request, draft, now, conflict=conflict, theirs=theirs, status=409)
    return redirect(f"{address(target)}?published={made.revision}")


def _of(target: Target) -> tuple[Any, str, str]:
    return target.service, target.kind, target.name


def _drawn(draft: Draft, now: Present) -> dict[str, Any]:
    drawn = preview(draft.target, draft.fields, now.fields, draft.drawn_as, draw=draft.legal)
    return {"target": draft.target, "present": now, "draft": draft, "preview": drawn}


def _page(request: HttpRequest, draft: Draft, now: Present, *, status: int = 200, **more: Any) -> HttpResponse:
    target = draft.target
    more["rolls"] = running_of(target.service.pk, target.kind, target.name)
    more.setdefault("rollout", RolloutForm(request.POST if request.method == "POST" else None))
    return render(request, "recovery/policies/edit.html", _drawn(draft, now) | more, status=status)
