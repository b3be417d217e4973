"""Errors: groups, and one group with its last occurrences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from recovery.engine.enums import ErrorCategory
from recovery.forms.filters import error_filter
from recovery.queries.errors.groups import Groups, groups
from recovery.queries.errors.one import error
from recovery.queries.filters import STATUSES, ErrorFilter

LONGEST_ID = 18  # digits


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/errors/?status=…&service=…&environment=…&category=…&q=…`, and `before=` or `after=` a cursor."""
    found = groups(error_filter(request.GET), request.GET.get("before", ""), request.GET.get("after", ""))
    paged = "before" in request.GET or "after" in request.GET
    return render(request, "recovery/errors/page.html", {**list_context(found), "paged": paged})


def list_context(found: Groups) -> dict[str, Any]:
    """What the list needs."""
    query = found.filter.query
    return {
        "found": found,
        "filter": found.filter,
        "chips": _chips(found),
        "categories": list(ErrorCategory),
        "key": f"errors:{query}" if query else "errors",
    }


def _chips(found: Groups) -> list[dict[str, Any]]:
    current = found.filter.status or "unresolved"
    return [
        {
            "word": word.capitalize(),
            "count": sum(found.counts.get(each, 0) for each in its) if its else found.total,
            "href": _address(replace(found.filter, status="" if word == "unresolved" else word)),
            "current": word == current,
        }
        for word, its in STATUSES.items()
    ]


def _address(narrowed: ErrorFilter) -> str:
    query = narrowed.query
    return f"{reverse('errors')}?{query}" if query else reverse("errors")


@require_safe
def one(request: HttpRequest, key: int) -> HttpResponse:
    """`/errors/<id>/?occurrence=…`."""
    asked = request.GET.get("occurrence", "")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_ID else None
    found = error(key, wanted) if key < 10**LONGEST_ID else None
    if found is None or (wanted is not None and found.open is None):
        raise Http404
    return render(request, "recovery/errors/one.html", {"error": found})
