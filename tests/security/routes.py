"""Every route of the project, with an address that reaches its view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Values for the parts of addresses, by the name of the converter's class; others are given by the route's name below.
EXAMPLES = {
    "IntConverter": "1",
    "StringConverter": "some",
    "SlugConverter": "some",
    "PathConverter": "some/thing",
    "UUIDConverter": "5f2b7a8e-1f0c-4a39-9b1e-111111111111",
    "NameConverter": "some.name",
}
ADDRESSES = {"bundle": "/look/0123456789abcdef.css"}

# Views that answer without sign-in, and why. A new one must be added here, and seen in review.
OPEN = {
    "sign-in": "how else to get in",
    "sign-out": "only ends a session",
    "one-time-link": "its secret is the key",
    "bundle": "the look of the sign-in page",
    "link": "services; their token is the key",
}
# Views that a request from elsewhere may POST to, because no cookie speaks for it.
WITHOUT_CSRF = {"link"}


@dataclass(frozen=True)
class Route:
    """One of them."""

    name: str
    address: str
    view: Any

    def __str__(self) -> str:
        return self.name or self.address


def routes() -> list[Route]:
    """All, in the order of the URL configuration."""
    return list(_walk(get_resolver().url_patterns, "/"))


def _walk(patterns: list[Any], before: str) -> Iterator[Route]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, before + _example(pattern))
        elif isinstance(pattern, URLPattern):
            name = pattern.name or ""
            yield Route(name, ADDRESSES.get(name) or before + _example(pattern), pattern.callback)


def _example(pattern: Any) -> str:
    text = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__
        value = EXAMPLES.get(kind)
        assert value, f"tests/security/routes.py needs an example for {kind}"
        for spelled in (f"<{name}>", *(f"<{word}:{name}>" for word in _words(text, name))):
            text = text.replace(spelled, value)
    return text


def _words(text: str, name: str) -> list[str]:
    return [part.rpartition("<")[2] for part in text.split(f":{name}>")[:-1]]
