"""Pages are asked for by people with and without roles; how many queries they take is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories as make

AROUND = 3  # session, user, role


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every page needs one."""


@pytest.fixture
def browser() -> Callable[[str], Client]:
    """A browser of somebody in any role."""
    return make.browser


@pytest.fixture
def viewer(browser: Callable[[str], Client]) -> Client:
    """Somebody who may only look."""
    return browser("viewer")


@pytest.fixture
def admin(browser: Callable[[str], Client]) -> Client:
    """Somebody who may everything."""
    return browser("admin")


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many queries are made inside; the list holds the number afterwards."""
    found: list[int] = []
    with CaptureQueriesContext(connection) as caught:
        yield found
    found.append(len(caught))
