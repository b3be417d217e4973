"""The product with real services: what was asked for while it was away, and many processes at once."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.product import PATIENCE, Console
from tests.e2e.shop import Shop
from tests.link.running import Service, sqlite

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

TEN, ROUNDS = 10, 5
TOOK = (
    "select (julianday(c.at) - julianday(h.created_at)) * 86400000 from recovery_confirmation c"
    " join recovery_hold h on h.revision = c.revision and h.service_id = c.service_id where c.applied = 1"
)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """A console without a worker."""
    (tmp_path / "console").mkdir()
    console = Console(tmp_path / "console", "--no-worker")
    console.start()
    yield console
    console.stop()


@pytest.fixture
def start(console: Console, tmp_path: Path) -> Iterator[Callable[[], Service]]:
    """Processes of the service `shop`, which call their breaker `bank` all the time; all are ended."""
    started: list[Service] = []
    token = console.command("token", "create", "shop").stdout.strip()

    def begin() -> Service:
        folder = tmp_path / f"service-{len(started)}"
        folder.mkdir()
        started.append(Service(console, folder, token, "websocket"))
        return started[-1]

    yield begin
    for each in started:
        each.process.kill()
        each.process.communicate()


def wait(condition: Callable[[], Any]) -> None:
    """Until it holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_was_committed_and_never_sent_is_told_at_the_next_hello(console: Console, start: Any) -> None:
    ask, service = sqlite(console), start()
    wait(lambda: ask("select 1 from recovery_breaker"))
    console.kill()  # whoever commits now has nobody to send it
    done = console.command("breakers", "trip", "shop", "bank", "--reason", "drill")
    assert done.returncode == 0, done.stderr
    assert service.state != "FORCED-OPEN"
    console.start()
    wait(lambda: service.state == "FORCED-OPEN")
    wait(lambda: ask("select applied_revision from recovery_process") == [(1,)])
    assert ask("select count(*) from recovery_hold") == [(1,)]


def test_a_process_whose_link_is_dead_is_told_when_it_is_back(console: Console, start: Any) -> None:
    ask, service = sqlite(console), start()
    wait(lambda: ask("select 1 from recovery_breaker"))
    assert console.command("breakers", "trip", "shop", "bank", "--reason", "drill", "--for", "600").returncode == 0
    wait(lambda: service.state == "FORCED-OPEN")
    console.kill()
    assert console.command("breakers", "release", "shop", "bank").returncode == 0
    console.start()
    wait(lambda: service.state != "FORCED-OPEN")


@pytest.fixture
def shop(console: Console) -> Iterator[Shop]:
    """Calm processes: their breaker opens for nobody."""
    shop = Shop(console)
    yield shop
    shop.close()


def test_ten_processes_apply_it_and_the_time_is_told(console: Console, shop: Shop) -> None:
    ask, upstream = sqlite(console), shop.upstream()
    for _ in range(TEN):
        shop.start("shop", upstream, "bank=0.5")
    wait(lambda: ask("select count(*) from recovery_breakernow") == [(TEN,)])
    took: list[float] = []
    for revision in range(1, ROUNDS + 1):
        verb = "trip" if revision % 2 else "release"
        assert console.command("breakers", verb, "shop", "bank", "--reason", "drill").returncode == 0
        told = f"select count(*) from recovery_confirmation where revision = {revision} and applied = 1"
        wait(lambda told=told: ask(told) == [(TEN,)])
        took += [row[0] for row in ask(f"{TOOK} and c.revision = {revision}")]
    wait(lambda: ask("select distinct state from recovery_breakernow") == [("FORCED-OPEN",)])
    p95 = statistics.quantiles(took, n=20)[-1]
    sys.stdout.write(
        f"\nwritten down → applied, {TEN} processes, {ROUNDS} acts: median {statistics.median(took):.0f} ms"
    )
    sys.stdout.write(f", p95 {p95:.0f} ms, slowest {max(took):.0f} ms\n")
