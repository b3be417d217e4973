"""Addresses of a list's other pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict

register = template.Library()


@register.simple_tag(takes_context=True)
def turned(context: Any, **changes: str | None) -> str:
    """The present query with these changes; None leaves a name out. A pushed part has no request, only its filter."""
    request = context.get("request")
    query = QueryDict(getattr(context.get("filter"), "query", "")) if request is None else request.GET
    query = query.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"
