"""Pages over HTTP as a signed-in browser asks for them: time to the first byte, size as it travels."""

from __future__ import annotations

import gzip
import http.client
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Page:
    """One answer."""

    status: int
    first_byte: float  # s from the request to the head of the answer
    size: int  # bytes as sent: compressed where the server does so
    body: bytes


class Visitor:
    """One keep-alive connection with somebody's cookie."""

    def __init__(self, url: str, cookie: str) -> None:
        self._host = urlsplit(url).netloc
        self._headers = {"Cookie": cookie, "Accept-Encoding": "gzip", "Accept": "text/html"}
        self._connection = http.client.HTTPConnection(self._host, timeout=60)

    def get(self, path: str) -> Page:
        """Ask for a page."""
        began = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        first = time.perf_counter() - began
        body = answer.read()
        size = len(body)
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return Page(answer.status, first, size, body)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
