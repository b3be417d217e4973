"""A service with a breaker on three linked processes, and people in front of their browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from recovery import moment
from recovery.actions.actor import Actor, machine
from recovery.models import Breaker, Confirmation, Process, Service
from recovery.testing import FakeClock
from tests import factories as make

ADDRESS = "/breakers/shop/production/shop.pay"
HX = {"HX-Request": "true"}


@dataclass
class Shop:
    """What the tests act on."""

    service: Service
    breaker: Breaker
    processes: list[Process]

    def answer(self, revision: int, *processes: Process, applied: bool | None = True, why: str = "") -> None:
        """Processes say what became of a revision; ``applied`` None: it does not concern them."""
        for process in processes or self.processes:
            wanted = {
                "service": self.service,
                "sent_at": moment.now(),
                "at": moment.now(),
                "applied": applied,
                "why": why,
            }
            Confirmation.objects.update_or_create(process=process, revision=revision, defaults=wanted)

    def send(self, revision: int, *processes: Process) -> None:
        """It is on its way to processes."""
        for process in processes or self.processes:
            Confirmation.objects.create(
                process=process, service=self.service, revision=revision, sent_at=moment.now(), applied=None
            )

    def turn(self, state: str) -> None:
        """Stands so from now on."""
        Breaker.objects.filter(pk=self.breaker.pk).update(state=state)
        self.breaker.now.update(state=state)


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    """A clock that stands still."""
    with moment.using(FakeClock(1e9)) as clock:
        yield clock


@pytest.fixture
def shop(db: None, clock: FakeClock) -> Shop:
    """Two processes on web-1, one on web-2, about 42 calls a second."""
    service = make.service("shop")
    processes = [
        make.process(service, host, version=version)
        for host, version in (("web-1", "1"), ("web-1", "2"), ("web-2", "2"))
    ]
    breaker = make.breaker(service, "shop.pay", on=processes)
    make.tens(breaker, 42, seconds=120)
    return Shop(service, breaker, processes)


@pytest.fixture
def boss() -> Actor:
    """Whoever may everything."""
    return machine("boss", "command")


@pytest.fixture
def browser(clock: FakeClock, db: None) -> Callable[[str], Client]:
    """A browser in which somebody of this role is signed in."""

    def of(role: str = "operator", **options: Any) -> Client:
        client = Client(**options)
        if role != "anonymous":
            client.force_login(make.person(None if role == "stranger" else role, name=f"{role}-ana"))
        return client

    return of


@pytest.fixture
def operator(browser: Callable[[str], Client]) -> Client:
    """Somebody who may act."""
    return browser("operator")
