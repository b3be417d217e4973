"""The errors behind a breaker, and what they suggest."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from recovery.models import ErrorGroup
from recovery.queries.breaker.which import Which
from recovery.queries.errors.groups import Group, group_of

SHOWN, SUGGESTED = 5, 5


@dataclass(frozen=True, slots=True)
class Errors:
    """The newest groups, and their suggestions without doubles."""

    groups: tuple[Group, ...]
    suggestions: tuple[str, ...]


def errors(which: Which) -> Errors:
    """One query."""
    its = ErrorGroup.objects.filter(Q(breaker=which.name) | Q(operation=which.name), service=which.service_id)
    groups = list(its.select_related("service")[:SHOWN])
    suggestions = dict.fromkeys(str(text) for group in groups for text in group.suggestions)
    return Errors(tuple(map(group_of, groups)), tuple(suggestions)[:SUGGESTED])
