"""Texts made fit for the wire: bounded, and without what JSON or a database cannot carry."""

from __future__ import annotations

from hashlib import blake2b

from recovery.wire import limits


def clean(text: str, most: int = limits.TEXT) -> str:
    """The text without NUL and lone surrogates, at most so long."""
    if len(text) > most:
        text = text[: most - 1] + "…"
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "␀").encode("utf-8", "replace").decode()


def tailed(text: str, most: int) -> str:
    """As :func:`clean`, but of a long text the end is kept: that of a traceback says more."""
    return clean(text if len(text) <= most else "…" + text[1 - most :], most)


def digest(*parts: str) -> str:
    """A short, stable fingerprint of texts."""
    made = blake2b(digest_size=8)
    for part in parts:
        made.update(part.encode("utf-8", "replace") + b"\0")
    return made.hexdigest()


class Names:
    """Names as they go over the wire: one that is too long is cut, stays unique by its digest, and is counted once."""

    def __init__(self) -> None:
        self._cut: dict[str, str] = {}

    @property
    def cut(self) -> int:
        """How many names were too long."""
        return len(self._cut)

    def of(self, name: str) -> str:
        """The name to send."""
        if len(name) <= limits.NAME:
            return clean(name, limits.NAME)
        key = digest(name)
        known = self._cut.get(key)
        if known is None:
            known = clean(f"{name[: limits.NAME - 18]}…{key}", limits.NAME)
            if len(self._cut) < limits.OUTBOX_EVENTS:
                self._cut[key] = known
        return known
