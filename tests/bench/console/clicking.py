"""An operator at the console's page: the forms of a breaker as a browser posts them."""

from __future__ import annotations

from typing import Any

from tests.bench.console.product import Product


class Operator:
    """Somebody signed in."""

    def __init__(self, console: Product) -> None:
        self._console = console

    def trip(self, breaker: str) -> Any:
        return self._console.inside("trip", service=breaker.rpartition(".")[0], breaker=breaker)

    def release(self, breaker: str) -> Any:
        return self._console.inside("trip", service=breaker.rpartition(".")[0], breaker=breaker, release=True)
