"""From where a request came: the peer, or what trusted proxies say of it."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

MOST_HOPS = 20


def address_of(request: HttpRequest) -> str:
    """The last address that no trusted proxy has. What stands before it in X-Forwarded-For anybody can write."""
    peer: str = request.META.get("REMOTE_ADDR") or ""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")][-MOST_HOPS:]
    while _is_trusted(peer) and hops:
        hop = hops.pop()
        if not _is_address(hop):
            break
        peer = hop
    return peer


def _is_trusted(address: str) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in settings.TRUSTED_PROXIES)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
