"""Policies: the list, one target, and two of its revisions beside each other."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from recovery.forms.filters import policy_filter
from recovery.permissions import Act, may
from recovery.queries.policies import which
from recovery.queries.policies.compare import compare, newest_two
from recovery.queries.policies.listed import SHOWN, Policies, policies
from recovery.queries.policies.one import history, present
from recovery.queries.policies.running import running
from recovery.queries.rollouts import listed as rollouts

from .acts.told import told

DIGITS = 15


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/policies/?show=overridden|drift&service=…&environment=…&q=…`, and `after=` a row's cursor."""
    found = policies(policy_filter(request.GET), request.GET.get("after", ""))
    context = {**list_context(found), "paged": "after" in request.GET, "rollouts": rollouts.running()}
    return render(request, "recovery/policies/page.html", context)


def list_context(found: Policies) -> dict[str, Any]:
    """What the list needs."""
    query = found.filter.query
    return {
        "found": found,
        "filter": found.filter,
        "chips": [
            {"show": show, "word": word, "count": found.counts[show], "current": show == found.filter.show}
            for show, word in SHOWN.items()
        ],
        "key": f"policies:{query}" if query else "policies",
    }


@require_safe
def one(request: HttpRequest, service: str, environment: str, kind: str, name: str) -> HttpResponse:
    """`/policies/<service>/<environment>/<kind>/<name>`, and `before=` or `after=` a cursor of its history.

    `published=` a revision: how far that is, too.
    """
    target = found(service, environment, kind, name)
    asked = number(request.GET.get("published", ""))
    context: dict[str, Any] = {
        "target": target,
        "present": present(target),
        "running": running(target),
        "rollout": rollouts.running_of(target.service.pk, target.kind, target.name),
        "history": history(target, request.GET.get("before", ""), request.GET.get("after", "")),
        "may_publish": may(request.user, Act.PUBLISH_POLICIES, target.service),
    }
    if asked is not None and asked == context["present"].revision:
        context |= told(target.service.pk, asked) or {}
    return render(request, "recovery/policies/one.html", context)


@require_safe
def compared(request: HttpRequest, service: str, environment: str, kind: str, name: str) -> HttpResponse:
    """`…/compare?a=3&b=7`: any two revisions; 0 is the code alone. Without them: the newest two."""
    target = found(service, environment, kind, name)
    a, b = number(request.GET.get("a", "")), number(request.GET.get("b", ""))
    if a is None or b is None:
        a, b = newest_two(target)
    both = compare(target, a, b)
    if both is None:
        raise Http404
    return render(request, "recovery/policies/compare.html", {"target": target, "both": both})


def found(service: str, environment: str, kind: str, name: str) -> which.Target:
    """The target of an address. Nothing is made by asking."""
    target = which.by_name(service, environment, kind, name)
    if target is None:
        raise Http404
    return target


def address(target: which.Target, page: str = "policy") -> str:
    """Where one of its pages is."""
    return reverse(page, args=target.words)


def number(text: str) -> int | None:
    """A revision as it is typed; nonsense is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None
