"""Tags of every page: glyphs, states, times."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recovery.moment import now

register = template.Library()

# Words of the states; their glyphs are in icons.svg under the same names.
WORDS = {
    "closed": "Closed",
    "open": "Open",
    "half-open": "Half-open",
    "forced-open": "Forced open",
    "disabled": "Disabled",
    "metrics-only": "Metrics only",
    "stale": "No data",
}


@register.inclusion_tag("components/icon.html")
def icon(name: str) -> dict[str, Any]:
    """A glyph of icons.svg."""
    return {"name": name}


@register.filter
def state_key(value: Any) -> str:
    """A state as data-state and the glyphs name it; what is not known is stale."""
    key = str(value or "").lower().replace("_", "-")
    return key if key in WORDS else "stale"


@register.filter
def state_word(value: Any) -> str:
    """A state as people read it."""
    return WORDS[state_key(value)]


@register.inclusion_tag("components/state.html")
def state(value: Any, since: datetime | None = None, *, pill: bool = False, word: str = "") -> dict[str, Any]:
    """A state's glyph and word, and since when."""
    key = state_key(value)
    return {"state": key, "word": word or WORDS[key], "since": since, "pill": pill}


@register.simple_tag(name="when")
def when(moment: datetime | None, **how: str) -> SafeString | str:
    """A time for js/relative-time.js: as="ago" (default), for, until, clock, minute, day or date. Knows no viewer."""
    if moment is None:
        return "—"
    iso = moment.isoformat(timespec="milliseconds")
    return format_html(
        '<time datetime="{}" data-as="{}">{}</time>', iso, how.get("as", "ago"), f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    )


@register.simple_tag
def console_time() -> str:
    """The console's clock, so that a browser whose clock is wrong still counts right."""
    return now().isoformat(timespec="milliseconds")
