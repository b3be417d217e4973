"""The callers: protected functions, and the threads that keep calling them. They do what a service would do."""

from __future__ import annotations

import random
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from recovery.engine import BreakerConfig, CircuitBreaker, circuit_breaker, registry
from recovery.engine.retry import retry

if TYPE_CHECKING:
    from collections.abc import Callable

    from .phases import Timetable

THREADS = 5  # for each function
CALLS_PER_SECOND = 8.0  # that each thread would like to make
TIMEOUT = 1.0  # s that a caller waits for an answer
SLOW = 0.2  # s from which a call is slow, where that matters

# No proxy of the environment may stand between us and our own server.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(url: str) -> str:
    """A plain HTTP call: raises whatever urllib raises."""
    try:
        with _opener.open(url, timeout=TIMEOUT) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        error.close()
        raise


class Callers:
    """Three functions of a service, each behind a breaker that opens by another rule, and threads that call them."""

    def __init__(self, url: str, timetable: Timetable) -> None:
        self._timetable = timetable
        registry.measure(True)  # durations, as a console would ask for them
        self.functions = [_search(url, timetable), _suggest(url, timetable), _charge(url, timetable)]
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def breakers(self) -> list[CircuitBreaker]:
        """Those of the functions."""
        return [function.breaker for function in self.functions]

    def start(self) -> None:
        """Let the threads call."""
        for kind, function in enumerate(self.functions):
            for number in range(THREADS):
                seed = (self._timetable.seed * 100 + kind) * 100 + number
                self._threads.append(threading.Thread(target=self._keep_calling, args=(function, seed), daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float) -> None:
        """Tell the threads to end and wait for them, ``patience`` seconds in all."""
        self._over.set()
        deadline = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _keep_calling(self, function: Callable[[], str], seed: int) -> None:
        draw = random.Random(seed)
        due = time.monotonic()
        while True:
            due = max(due + draw.expovariate(CALLS_PER_SECOND), time.monotonic())
            if self._over.wait(due - time.monotonic()):
                return
            with suppress(Exception):  # failures and refusals are what the breaker is there to count
                function()


def _search(url: str, timetable: Timetable) -> Any:
    @circuit_breaker(name="catalogue.search", config=_config(timetable, failure_threshold=5))
    def search() -> str:
        return fetch(f"{url}/search")

    return search


def _suggest(url: str, timetable: Timetable) -> Any:
    slow = {"slow_call_rate": 50.0, "slow_call_duration": SLOW, "window_size": 20}

    @circuit_breaker(name="catalogue.suggest", config=_config(timetable, **slow))
    def suggest() -> str:
        return fetch(f"{url}/suggest")

    return suggest


def _charge(url: str, timetable: Timetable) -> Any:
    rate = {
        "failure_threshold": None,
        "failure_rate": 40.0,
        "window_size": 30,
        "half_open_permits": 2,
        "half_open_successes": 3,
    }

    @circuit_breaker(name="payments.charge", config=_config(timetable, **rate))
    @retry(name="payments.charge", max_attempts=2, base_delay=0.05, jitter="full")
    def charge() -> str:
        return fetch(f"{url}/charge")

    return charge


def _config(timetable: Timetable, **fields: Any) -> BreakerConfig:
    wait = timetable.recovery_timeout
    return BreakerConfig(recovery_timeout=wait, recovery_growth=1.4, recovery_timeout_max=wait * 2, **fields)
