"""REDIS_URL as the channel layer: in memory for one process, Redis pub/sub across processes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

IN_MEMORY = "channels.layers.InMemoryChannelLayer"
PUBSUB = "channels_redis.pubsub.RedisPubSubChannelLayer"


def channel_layer(url: str) -> dict[str, Any]:
    """Pub/sub and not the core layer: it outlives a restart of Redis and keeps no stale members."""
    if not url:
        return {"BACKEND": IN_MEMORY}
    if urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://.")
    return {"BACKEND": PUBSUB, "CONFIG": {"hosts": [url], "prefix": "recovery"}}
