"""Buttons of a breaker's acts. They belong to the page's one form (`acts`), so that a pushed part needs no token."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from recovery.queries.acts.offers import likely, offers

from .figures import plural

register = template.Library()

KEPT = 4_096
WORDS = {"probe": "Probe", "reset": "Reset", "release": "Release"}


@lru_cache(maxsize=KEPT)
def row_acts(url: str, state: str, held: bool, linked: int) -> SafeString:
    """The likely ones, and the way to all others: for a row of the board."""
    made = [
        _trip(url) if verb == "trip" else _asks(url, verb, linked, "btn small") for verb in likely(state, held=held)
    ]
    return _joined([*made, _more(url, "btn small ghost")])


@register.simple_tag
def head_acts(url: str, state: str, held: bool, linked: int) -> SafeString:
    """At most three, the likely one first, and the way to all: for the head of a breaker's page."""
    made = []
    for place, verb in enumerate(offers(state, held=held)):
        look = "btn primary" if place == 0 and verb != "hold" else "btn"
        made.append(_hold(url) if verb == "hold" else _asks(url, verb, linked, look, {"probe": "Probe now"}))
    return _joined([*made, _more(url, "btn ghost")])


def _joined(made: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((each,) for each in made))


def _more(url: str, look: str) -> SafeString:
    return format_html('<a class="{}" href="{}/acts" data-dialog aria-label="More acts">⋯</a>', look, url)


def _asks(url: str, verb: str, linked: int, look: str, words: dict[str, str] | None = None) -> SafeString:
    """A button that asks once more where it stands (js/confirm.js); without scripts a page asks."""
    word = WORDS[verb]
    question = f"{word} on {plural(linked, 'process,processes')}?" if linked else f"{word}?"
    shape = '<button class="{}" form="acts" formaction="{}/{}" data-ask="{}">{}</button>'
    return format_html(shape, look, url, verb, question, (words or {}).get(verb, word))


def _trip(url: str) -> SafeString:
    return format_html('<a class="btn small danger" href="{}/hold?kind=trip" data-dialog>Trip</a>', url)


def _hold(url: str) -> SafeString:
    return format_html('<a class="btn" href="{}/hold" data-dialog>Hold…</a>', url)
