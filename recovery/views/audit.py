"""The audit: the list, one entry, and the export of what a filter leaves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from channels.db import database_sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recovery.forms.audit import audit_filter
from recovery.moment import now
from recovery.queries.audit import export
from recovery.queries.audit.filter import SEARCHED, AuditFilter
from recovery.queries.audit.listed import audit
from recovery.queries.audit.one import one as one_entry

from .csv_lines import lines

DIGITS = 18
Rows = list[dict[str, Any]]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/audit/?who=…&act=…&service=…&environment=…&target=…&refused=yes&since=…&until=…&q=…`, and a cursor."""
    found = audit(audit_filter(request.GET), request.GET.get("before", ""), request.GET.get("after", ""))
    context = {"found": found, "filter": found.filter, "most": export.MOST, "searched": SEARCHED}
    return render(request, "recovery/audit/page.html", context)


@require_safe
def one(request: HttpRequest, key: int) -> HttpResponse:
    """`/audit/<id>/`."""
    found = one_entry(key) if key < 10**DIGITS else None
    if found is None:
        raise Http404
    return render(request, "recovery/audit/one.html", {"whole": found, "entry": found.entry})


@require_safe
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """`/audit/export.csv` with a filter."""
    head = lines([export.FIELDS])
    return _streamed(request, "csv", "text/csv; charset=utf-8", head, lambda rows: lines(row.values() for row in rows))


@require_safe
def as_json(request: HttpRequest) -> StreamingHttpResponse:
    """`/audit/export.jsonl` with a filter: an object a line."""
    return _streamed(request, "jsonl", "application/x-ndjson", "", _json_lines)


def _json_lines(rows: Rows) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def _streamed(
    request: HttpRequest, ending: str, kind: str, head: str, write: Callable[[Rows], str]
) -> StreamingHttpResponse:
    parts = _parts(audit_filter(request.GET), head, write)
    name = f"audit-{now():%Y-%m-%d-%H%M}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    headers["Content-Encoding"] = "identity"  # GZipMiddleware packs each part by itself; browsers read only the first
    return StreamingHttpResponse(parts, content_type=kind, headers=headers)


async def _parts(narrowed: AuditFilter, head: str, write: Callable[[Rows], str]) -> AsyncIterator[str]:
    """A chunk at a time, each with a query of its own: nothing is kept open for a slow reader."""
    yield head
    left, cursor = export.MOST, ""
    while left > 0:
        size = min(export.CHUNK, left)
        rows, cursor = await database_sync_to_async(export.chunk, thread_sensitive=False)(narrowed, cursor, size)
        left -= len(rows)
        yield write(rows)
        if not cursor:
            return
