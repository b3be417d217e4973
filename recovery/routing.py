"""Sockets. Browsers: cookies, same origin, a role. Services: a token in a header, no cookies, no origin."""

from __future__ import annotations

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from .api.link import link
from .consumers.browser import BrowserConsumer
from .consumers.link import LinkConsumer

# Sockets of pages, as django.urls.path("ui/…", Consumer.as_asgi()); each closes itself on whoever has no role.
browser_sockets: list[Any] = [path("ui/live", BrowserConsumer.as_asgi())]

# Sockets of services, as django.urls.path("link/v1", Consumer.as_asgi()); each checks its token.
service_sockets: list[Any] = [path("link/v1", LinkConsumer.as_asgi())]

_browser = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(browser_sockets)))
_services = URLRouter(service_sockets)


def with_services(pages: Any) -> Any:
    """HTTP: what services post goes past the pages' middleware."""

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await (link if scope["path"] == "/link/v1" else pages)(scope, receive, send)

    return application


async def sockets(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Send a socket to its kind; an unknown address is refused before the handshake."""
    place = scope["path"].lstrip("/")
    if any(route.pattern.match(place) for route in browser_sockets):
        await _browser(scope, receive, send)
    elif any(route.pattern.match(place) for route in service_sockets):
        await _services(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 4404})
