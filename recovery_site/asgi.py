"""The ASGI application: pages by Django, sockets by the app's routes."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
pages = get_asgi_application()  # sets Django up: the routes below need its models

from channels.routing import ProtocolTypeRouter  # noqa: E402

from recovery.routing import sockets, with_services  # noqa: E402

application = ProtocolTypeRouter({"http": with_services(pages), "websocket": sockets})
