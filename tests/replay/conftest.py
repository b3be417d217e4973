"""Lives are recorded without other breakers around, and nothing that was replayed before is remembered."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from recovery.engine import registry
from recovery.queries.replay import compare
from tests import factories as make


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    gc.collect()
    with registry._state.lock:
        registry._state.breakers.clear()
    compare.forget()
    yield
    registry.measure(False)


@pytest.fixture
def browser(db: None) -> Callable[[str], Client]:
    """A browser of somebody in any role."""
    return make.browser


@pytest.fixture
def viewer(browser: Callable[[str], Client]) -> Client:
    """Somebody who may only look."""
    return browser("viewer")
