"""The rail's links, in order. A page appears as soon as its address has a view."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Page:
    """One entry: its address's name, word, glyph in icons.svg, the key after `g`, and other paths that belong to it."""

    name: str
    word: str
    icon: str
    key: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """An entry as the rail draws it."""

    page: Page
    url: str
    current: bool


PAGES = (
    Page("board", "Board", "i-board", "b", also=("/breakers/",)),
    Page("errors", "Errors", "i-err", "e"),
    Page("logs", "Logs", "i-log", "l"),
    Page("policies", "Policies", "i-pol", "p", also=("/rollouts/",)),
    Page("health", "Health", "i-heart", "h"),
    Page("services", "Services", "i-svc", "s"),
    Page("audit", "Audit", "i-aud", "a"),
    Page("settings", "Settings", "i-set", "t", also=("/people/",)),
)


@cache
def _addresses() -> tuple[tuple[Page, str], ...]:
    return tuple((page, url) for page in PAGES if (url := _address(page.name)))


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def links(path: str) -> list[Link]:
    """The entries whose pages exist; the one that the path belongs to is current."""
    return [Link(page, url, _holds(page, url, path)) for page, url in _addresses()]


def _holds(page: Page, url: str, path: str) -> bool:
    inside = path == url if url == "/" else path.startswith(url)
    return inside or path.startswith(page.also or ("\0",))
