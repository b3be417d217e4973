"""Calls over HTTP from plain code."""

from __future__ import annotations

import urllib.request
from http import HTTPStatus
from urllib.error import HTTPError

# No proxy of the environment stands between the fleet and its upstream.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(url: str, method: str = "GET", timeout: float = 1.0) -> bytes:
    """The body of the answer. Raises what urllib raises."""
    request = urllib.request.Request(url, method=method)  # noqa: S310 - our own upstream
    try:
        with _opener.open(request, timeout=timeout) as answer:
            return bytes(answer.read())
    except HTTPError as error:
        error.close()
        raise


def is_missing(error: BaseException) -> bool:
    """Whether it says no more than that there is no such thing."""
    return isinstance(error, HTTPError) and error.code == HTTPStatus.NOT_FOUND
