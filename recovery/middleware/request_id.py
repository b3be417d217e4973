"""One id per request: in its logs, in the answer's header and on the page of a failure, so that they can be matched."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
GOOD = re.compile(r"[A-Za-z0-9_-]{8,64}")

current: ContextVar[str] = ContextVar("request_id", default="")


def request_id(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Take a proxy's id where it looks like one, else make one."""

    def answer(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request.id = given if GOOD.fullmatch(given) else secrets.token_hex(8)
        token = current.set(request.id)
        try:
            response = get_response(request)
        finally:
            current.reset(token)
        response[HEADER] = request.id
        return response

    return answer


class RequestIdFilter(logging.Filter):
    """Puts the id on every record of the request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything pass."""
        if found := current.get():
            record.request_id = found
        return True
