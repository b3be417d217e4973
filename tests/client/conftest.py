"""A console, clients that are closed again, breakers that vanish."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from recovery.client import Client
from recovery.client.backoff import Backoff
from recovery.client.config import options
from recovery.engine import registry
from tests.client.console import Console
from tests.client.fleet import Desk

Connect = Callable[..., Client]


@pytest.fixture
def console() -> Iterator[Console]:
    made = Console().start()
    yield made
    made.stop()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A client with quick retries, started, closed at the end of the test."""
    clients: list[Client] = []

    def make(console: Console, token: str | None = "secret", **given: Any) -> Client:
        wanted: dict[str, Any] = dict.fromkeys(
            ("service_version", "state_file", "labels", "logs", "restart", "checks"), None
        )
        wanted |= {"restore": False, "transport": "auto"} | given
        client = Client(options(console.url, token, **wanted), backoff=Backoff(lambda: 0.05))
        clients.append(client)
        client.start()
        return client

    yield make
    for client in clients:
        client.close(0.5)


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"test.{uuid.uuid4().hex[:8]}"


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    """Breakers of other tests are not to be seen, even where somebody still holds them."""
    gc.collect()
    with registry._state.lock:
        registry._state.breakers.clear()
        registry._state.operations.clear()
    yield
    with registry._state.lock:
        registry._state.overrides.clear()


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A process without a network, on a fake clock."""
    made = Desk()
    yield made
    made.close()
