"""Numbers in words: what is not known is a dash, never a zero."""

from __future__ import annotations

from django import template

register = template.Library()

NONE = "—"


@register.filter
def rate(value: float | None) -> str:
    """So many a second: 0.3, 41.2, 128."""
    if value is None:
        return NONE
    return f"{value:,.0f}" if value >= 99.95 else f"{value:.1f}"


@register.filter
def percent(value: float | None) -> str:
    """0 %, 0.4 %, 33 %."""
    if value is None:
        return NONE
    if 0 < value < 0.1:
        return "< 0.1 %"
    return f"{value:.0f} %" if value >= 9.95 or value == 0 else f"{value:.1f} %"


@register.filter
def duration(value: float | None) -> str:
    """A length of time in seconds: 9 ms, 310 ms, 2.0 s, 1 m 52 s, 3 d 4 h."""
    if not value:
        return NONE if value is None else "0 s"
    if value < 0.9995:
        return f"{value * 1000:.0f} ms" if value >= 0.00095 else f"{max(1, round(value * 1_000_000))} µs"
    if value < 59.95:
        return f"{value:.1f} s" if value < 9.95 else f"{value:.0f} s"
    minutes, seconds = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    parts = (f"{hours} h", f"{minutes} m") if hours else (f"{minutes} m", f"{seconds} s")
    if hours >= 48:
        parts = f"{hours // 24} d", f"{hours % 24} h"
    return " ".join(part for part in parts if not part.startswith("0 "))


@register.filter
def minutes(value: float | None) -> str:
    """A length of time as a clock reads it: 1:52; below a minute in seconds."""
    if value is None or value < 59.95:
        return duration(value)
    whole, seconds = divmod(round(value), 60)
    return f"{whole}:{seconds:02d}" if whole < 60 else duration(value)


@register.filter
def count(value: int | None) -> str:
    """12,480."""
    return NONE if value is None else f"{value:,}"


@register.filter
def plural(value: int, words: str = "") -> str:
    """`{{ 3|plural:"process,processes" }}` is "3 processes"."""
    one, _, many = words.partition(",")
    return f"{value:,} {one if value == 1 else many or one + 's'}"
