"""Command: from an operator's click to the moment at which processes have applied it."""

from __future__ import annotations

import time
from contextlib import ExitStack

from tests.bench.console.clicking import Operator
from tests.bench.console.helpers import fleet, helper
from tests.bench.console.model import Floor, Goal, Number, Size, Store
from tests.bench.console.product import Product, product
from tests.bench.console.resources import quantile

TITLE = "command"
APART = 1.0  # s between clicks
BREAKER = "call-00"


def measure(size: Size, store: Store) -> list[Number]:
    """A few real processes; then as many as may be, simulated."""
    with product(store) as console:
        console.start()
        tokens = console.inside("services", count=1)
        operator = Operator(console)
        numbers = _few(console, tokens, operator, size)
        return [*numbers, *_many(console, tokens, operator, size)]


def _few(console: Product, tokens: dict[str, str], operator: Operator, size: Size) -> list[Number]:
    (service, token), *_ = tokens.items()
    with ExitStack() as stack:
        plan = {"url": console.url, "token": token, "service": service, "breakers": size.breakers}
        members = [stack.enter_context(helper("service", **plan)) for _ in range(size.few)]
        for member in members:
            member.wait_for("ready")
            member.say("connect")
        for member in members:
            member.wait_for("connect")
        clicks = _clicks(operator, service, size.repeats)
        changed = [member.ended()["changed"] for member in members]
    moments = [at for its in changed for name, state, at in its if state == "FORCED-OPEN" and name.endswith(BREAKER)]
    delays = _delays([at for at, _ in clicks], moments, size.few)
    what = f"click → applied on {size.few} real processes"
    answer = Floor("the click's own answer", quantile([took for _, took in clicks], 0.5) * 1000)
    return [
        Number(TITLE, f"{what}, p95", quantile(delays, 0.95), "ms", Goal(150, "ms")),
        Number(TITLE, f"{what}, median", quantile(delays, 0.5), "ms", None, answer),
    ]


def _many(console: Product, tokens: dict[str, str], operator: Operator, size: Size) -> list[Number]:
    (service, _), *_ = tokens.items()
    with fleet(console.url, tokens, size.processes, breakers=size.breakers) as processes:
        time.sleep(2)
        processes.say("load")
        clicks = _clicks(operator, service, size.repeats)
        revisions = console.inside("trips", service=service)
        told = processes.ended()
    moments = [at for revision, at in told["applied"] if revision in revisions]
    delays = _delays([at for at, _ in clicks], moments, size.processes)
    what = f"click → applied on {size.processes} linked processes"
    return [
        Number(TITLE, f"{what}, p95", quantile(delays, 0.95), "ms", Goal(1000, "ms")),
        Number(TITLE, f"{what}, median", quantile(delays, 0.5), "ms"),
    ]


def _clicks(operator: Operator, service: str, count: int) -> list[tuple[float, float]]:
    """Trip and release so often: when each trip was clicked (monotonic), and how long its answer took."""
    clicks = []
    for _ in range(count):
        began = time.monotonic()
        operator.trip(service, f"{service}.{BREAKER}")
        clicks.append((began, time.monotonic() - began))
        time.sleep(APART)
        operator.release(service, f"{service}.{BREAKER}")
        time.sleep(APART)
    return clicks


def _delays(clicks: list[float], moments: list[float], processes: int) -> list[float]:
    """ms from each click to each process; a process that did not apply it counts as the whole time that it had."""
    delays: list[float] = []
    for click in clicks:
        mine = sorted(at - click for at in moments if click <= at < click + 2 * APART)[:processes]
        delays += [1000 * each for each in mine]
        delays += [2000 * APART] * (processes - len(mine))
    return delays
