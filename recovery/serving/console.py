"""The process of `up`: server and services, started and ended together."""

from __future__ import annotations

import sys
from collections.abc import Callable

import daphne.server  # noqa: F401 - first: it installs the reactor of asyncio
from channels.routing import get_default_application
from daphne.endpoints import build_endpoint_description_strings
from django.conf import settings
from twisted.internet import reactor, threads

from .server import SafeServer
from .services import Options, wanted
from .supervisor import Supervisor

PROXY_HEADERS = {
    "proxy_forwarded_address_header": "X-Forwarded-For",
    "proxy_forwarded_port_header": "X-Forwarded-Port",
    "proxy_forwarded_proto_header": "X-Forwarded-Proto",
}


def run_console(options: Options, announce: Callable[[Options], None], *, signals: bool = True) -> str:
    """Serve until stopped. Returns why it could not, or nothing."""
    supervisor = Supervisor(wanted(options), options)
    server = SafeServer(
        get_default_application(),
        endpoints=build_endpoint_description_strings(host=options.host, port=options.port),
        signal_handlers=signals,
        before_sockets=supervisor.stop_first,
        after_sockets=supervisor.stop_last,
        **(PROXY_HEADERS if settings.HTTPS else {}),
    )

    def begin() -> None:
        if server.failure:
            return
        supervisor.start()
        # It asks the database, which may not be done in the event loop.
        threads.deferToThread(announce, options).addErrback(lambda failure: failure.printTraceback(sys.stderr))

    reactor.callWhenRunning(begin)
    server.run()
    return server.failure
