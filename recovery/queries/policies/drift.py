"""Drift of many targets at once: how many linked processes run something else than the newest policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery

from recovery.models import BreakerNow, Confirmation, Policy, Process
from recovery.queries.linking import is_linked


@dataclass(frozen=True, slots=True)
class Drift:
    """Of one target: linked processes, those that do not run what is wanted, and those of them that refused it."""

    linked: int = 0
    behind: int = 0
    refused: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Newest:
    """The last word for all on a target that has one."""

    service: int
    revision: int
    overrides: bool  # False: it returned to the code's own


def newest(found: Any, kind: str) -> dict[int, Newest]:
    """By key, of those targets that were ever published for all. One query."""
    its = Policy.objects.filter(service=OuterRef("service"), kind=kind, target=OuterRef("name")).for_all()
    last = Subquery(its.order_by("-revision").values("pk")[:1])
    keys = dict(found.filter(Exists(its)).annotate(last_word=last).values_list("pk", "last_word"))
    words = Policy.objects.in_bulk(set(keys.values()))
    return {
        key: Newest(word.service_id, word.revision, word.fields is not None)
        for key, last_word in keys.items()
        if (word := words.get(last_word)) is not None
    }


def breakers(keys: Iterable[int], known: Mapping[int, Newest]) -> dict[int, Drift]:
    """By breaker. One query."""
    its = BreakerNow.objects.filter(is_linked("process_id"), breaker__in=set(keys)).order_by()
    counted = its.values_list("breaker", "policy_revision").annotate(n=Count("pk"))
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for key, revision, count in counted:
        found[key][0] += count
        found[key][1] += count * _behind(revision, known.get(key))
    return {key: Drift(linked, behind) for key, (linked, behind) in found.items()}


def _behind(runs: int | None, wanted: Newest | None) -> bool:
    if wanted is None:
        return False
    if wanted.overrides:
        return runs is None or runs < wanted.revision
    return runs is not None and runs <= wanted.revision


def operations(of: Mapping[int, int], known: Mapping[int, Newest]) -> dict[int, Drift]:
    """By operation, of its service: every linked process of that is to have it. One query."""
    reached = _reached(of.values())
    return {key: _late(reached.get(service, []), known.get(key)) for key, service in of.items()}


def _late(reached: Iterable[tuple[int, int]], wanted: Newest | None) -> Drift:
    counted = list(reached)
    late = sum(count for revision, count in counted if wanted is not None and revision < wanted.revision)
    return Drift(sum(count for _, count in counted), late)


def _reached(keys: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """By service: how many linked processes have come to which revision. One query."""
    its = Process.objects.filter(is_linked(), service__in=set(keys)).order_by()
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for service, revision, count in its.values_list("service", "applied_revision").annotate(n=Count("pk")):
        found[service].append((revision, count))
    return found


def refusals(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, str]]:
    """By (service, revision): how many linked processes refused it, and why one of them did. One query."""
    wanted = set(pairs)
    if not wanted:
        return {}
    its = Confirmation.objects.filter(
        is_linked("process_id"),
        applied=False,
        service__in={service for service, _ in wanted},
        revision__in={revision for _, revision in wanted},
    )
    found: dict[tuple[int, int], tuple[int, str]] = {}
    for service, revision, why, count in (
        its.order_by().values_list("service", "revision", "why").annotate(n=Count("pk"))
    ):
        if (service, revision) in wanted:
            found[service, revision] = (found.get((service, revision), (0, ""))[0] + count, why)
    return found
