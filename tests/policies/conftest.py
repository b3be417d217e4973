"""A shop with a breaker and a retried operation in two processes, and people before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from recovery.engine.types import RetryConfig
from recovery.models import Breaker, Operation, Policy, Service
from tests import factories as make


@pytest.fixture(autouse=True)
def _database(request: pytest.FixtureRequest) -> None:
    """Every test needs one; those with threads ask for one that they can see by themselves."""
    marked = request.node.get_closest_marker("django_db")
    request.getfixturevalue("transactional_db" if marked is not None else "db")


@pytest.fixture
def browser() -> Callable[[str], Client]:
    """A browser of somebody in any role."""
    return make.browser


@pytest.fixture
def operator(browser: Callable[[str], Client]) -> Client:
    """Somebody who may publish."""
    return browser("operator")


@pytest.fixture
def viewer(browser: Callable[[str], Client]) -> Client:
    """Somebody who may only look."""
    return browser("viewer")


@pytest.fixture
def bank() -> Breaker:
    """A breaker that two linked processes run as in code."""
    shop = make.service("shop")
    made = make.breaker(shop, "bank")
    for host in ("web-1", "web-2"):
        make.stands(make.process(shop, host), made)
    return made


@pytest.fixture
def fetch() -> Operation:
    """A retried operation of the same service."""
    code = RetryConfig(max_attempts=4, base_delay=0.5).as_dict()
    return Operation.objects.create(
        service=make.service("shop"), name="fetch", code_config=code, first_seen_at=make.ago(days=1)
    )


@pytest.fixture
def published() -> Callable[..., Policy]:
    """A policy as if somebody had published it a while ago."""

    def put(row: Breaker | Operation, fields: dict[str, Any] | None, revision: int, **more: Any) -> Policy:
        wanted = {
            "kind": "breaker" if isinstance(row, Breaker) else "operation",
            "target": row.name,
            "reason": "why",
            "actor": "ana",
            "created_at": make.ago(minutes=100 - revision),
        }
        Service.objects.filter(pk=row.service_id).update(revision=revision)
        return Policy.objects.create(service=row.service, fields=fields, revision=revision, **wanted | more)

    return put
