"""`/healthz`: 200 while the process answers. Open to all, before hosts, sessions and the database; reveals nothing."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

PATH = "/healthz"
METHODS = ("GET", "HEAD")


def healthz(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer the path before anything else looks at the request."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path != PATH:
            return get_response(request)
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})

    return answer
