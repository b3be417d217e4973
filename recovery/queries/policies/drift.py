"""Drift in the database's words: who runs something else than the newest policy, as a condition and as counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from recovery.models import BreakerNow, Confirmation, Policy, Process
from recovery.queries.linking import is_linked


@dataclass(frozen=True, slots=True)
class Drift:
    """Of one target: linked processes, those that do not run what is wanted, and those of them that refused it."""

    linked: int = 0
    behind: int = 0
    refused: int = 0
    why: str = ""


def with_newest(found: Any, kind: str) -> Any:
    """Targets with the revision of the last word for all (``last``), and whether it overrides (``overridden``)."""
    its = Policy.objects.filter(service=OuterRef("service"), kind=kind, target=OuterRef("name")).for_all()
    last = Subquery(its.order_by("-revision").values("revision")[:1])
    word = Policy.objects.filter(service=OuterRef("service"), revision=OuterRef("last"), fields__isnull=False)
    return found.annotate(last=last).annotate(overridden=Exists(word))


def with_drift(found: Any, kind: str) -> Any:
    """The same with whether a linked process is behind or refused it (``drifting``)."""
    said = Confirmation.objects.filter(is_linked("process_id"), service=OuterRef("service"), revision=OuterRef("last"))
    refused = Exists(said.filter(applied=False))
    if kind == "breaker":
        behind = Exists(
            BreakerNow.objects.filter(
                Q(policy_revision=None) | Q(policy_revision__lt=OuterRef("last")),
                is_linked("process_id"),
                breaker=OuterRef("pk"),
            )
        )
        lifted = BreakerNow.objects.filter(is_linked("process_id"), breaker=OuterRef("pk"))
        still = Exists(lifted.filter(policy_revision__lte=OuterRef("last")))
        return found.annotate(drifting=Q(refused) | Q(Q(behind), overridden=True) | Q(Q(still), overridden=False))
    late = Process.objects.filter(is_linked(), service=OuterRef("service"), applied_revision__lt=OuterRef("last"))
    return found.annotate(drifting=Q(refused) | Q(Exists(late)))


def breakers(newest: Iterable[tuple[int, int | None, bool]]) -> dict[int, Drift]:
    """By breaker, of its key, the newest revision, and whether that overrides. One query."""
    wanted = {key: (last, overrides) for key, last, overrides in newest}
    its = BreakerNow.objects.filter(is_linked("process_id"), breaker__in=wanted).order_by()
    counted = its.values_list("breaker", "policy_revision").annotate(n=Count("pk"))
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for key, revision, count in counted:
        found[key][0] += count
        found[key][1] += count * _behind(revision, *wanted[key])
    return {key: Drift(linked, behind) for key, (linked, behind) in found.items()}


def _behind(revision: int | None, last: int | None, overrides: bool) -> bool:
    if overrides:
        return revision is None or revision < (last or 0)
    return revision is not None and revision <= (last or 0)


def services(keys: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """By service: how many linked processes have come to which revision. One query."""
    its = Process.objects.filter(is_linked(), service__in=set(keys)).order_by()
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for service, revision, count in its.values_list("service", "applied_revision").annotate(n=Count("pk")):
        found[service].append((revision, count))
    return found


def refusals(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, str]]:
    """By (service, revision): how many linked processes refused it, and why one of them did. One query."""
    wanted = set(pairs)
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
