"""An operator at a breaker's page: the forms of its acts, as a browser posts them."""

from __future__ import annotations

import http.client
from urllib.parse import quote, urlencode, urlsplit

from tests.bench.console.product import Product


class Operator:
    """Somebody signed in, on one keep-alive connection."""

    def __init__(self, console: Product) -> None:
        signed = console.inside("session", role="operator")
        self._headers = {
            "Cookie": signed["cookie"],
            "X-CSRFToken": signed["csrf"],
            "Content-Type": "application/x-www-form-urlencoded",
            "HX-Request": "true",
        }
        self._connection = http.client.HTTPConnection(urlsplit(console.url).netloc, timeout=60)

    def trip(self, service: str, breaker: str) -> None:
        """Refuse every call on every process, for a quarter of an hour."""
        self._post(service, breaker, "hold", kind="trip", scope="all", end="15", reason="bench")

    def release(self, service: str, breaker: str) -> None:
        """Undo it."""
        self._post(service, breaker, "release", sure="yes")

    def _post(self, service: str, breaker: str, act: str, **fields: str) -> None:
        path = f"/breakers/{quote(service)}/production/{quote(breaker)}/{act}"
        self._connection.request("POST", path, urlencode(fields), self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{act} was answered by {answer.status}: {text[-500:]!r}")
