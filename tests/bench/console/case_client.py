"""The client: what it costs the service that it lives in, and what an hour without a console costs."""

from __future__ import annotations

import json

from tests.bench.console.helpers import Helper, helper
from tests.bench.console.model import Floor, Goal, Number, Size, Store
from tests.bench.console.product import product

TITLE = "client"


def measure(size: Size, store: Store) -> list[Number]:
    """The same on any store: it is not the console that is measured."""
    return [] if store.database else [*_linked(size), *_calls(), *_away(size)]


def _linked(size: Size) -> list[Number]:
    with product(Store("SQLite")) as console:
        console.start()
        (name, token), *_ = console.inside("services", count=1).items()
        plan = {"url": console.url, "token": token, "service": name, "breakers": size.breakers}
        with helper("service", **plan) as service:
            service.wait_for("ready")
            alone = _asked(service, f"rest {size.seconds}", "rest")
            linked = _asked(service, "connect", "connect")
            cost = _asked(service, f"rest {2 * size.seconds}", "rest")
    return [
        Number(TITLE, "memory added by connect", linked["added"], "MB", Goal(25, "MB"), None, "its libraries included"),
        Number(TITLE, "memory added afterwards", cost["grown"], "MB", Goal(1, "MB")),
        Number(
            TITLE, f"of a core at {size.breakers} breakers", cost["cpu"], "%", Goal(0.5, "%"),
            Floor("the process unlinked", alone["cpu"]), "the service's own quiet calls included",
        ),
    ]  # fmt: skip


def _calls() -> list[Number]:
    """A call of one process: before connect, while linked, and after the console has ended."""
    with product(Store("SQLite")) as console:
        console.start()
        (name, token), *_ = console.inside("services", count=1).items()
        with helper("service", url=console.url, token=token, service=name, breakers=20) as service:
            service.wait_for("ready")
            alone = _asked(service, "calls", "calls")["ns"]
            _asked(service, "connect", "connect")
            linked = _asked(service, "calls", "calls")["ns"]
            console.stop()
            _asked(service, "rest 2", "rest")
            down = _asked(service, "calls", "calls")["ns"]
    up, never = Floor("while it is up", linked), Floor("never linked", alone)
    return [
        Number(TITLE, "a call while the console is down", down, "ns", None, up),
        Number(TITLE, "added to it", max(0.0, down - linked) / 1e6, "ms", Goal(0.01, "ms")),
        Number(TITLE, "a call of a linked process", linked, "ns", None, never, "its durations are measured"),
    ]


def _away(size: Size) -> list[Number]:
    minutes = 60 if size.seconds > 10 else 10
    with helper("away", minutes=minutes) as away:
        told = away.ended()
    what = f"{minutes} min away, 20 breakers"
    return [
        Number(TITLE, f"{what}: transitions lost of {told['transitions']:,}", told["lost_transitions"], "", Goal(0)),
        Number(TITLE, f"{what}: breakers whose totals differ", told["lost_totals"], "", Goal(0)),
        Number(TITLE, f"{what}: errors not counted of {told['failures']:,}", told["lost_errors"], "", Goal(0)),
    ]


def _asked(service: Helper, line: str, word: str) -> dict[str, float]:
    service.say(line)
    found: dict[str, float] = json.loads(service.wait_for(word))
    return found
