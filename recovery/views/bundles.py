"""The look and the behaviours as one file each, put together from static/ when they are first asked for.

The address carries a digest of the content, so browsers keep it for good; in development it follows every change.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from recovery.permissions import open_to_all

STYLES = "recovery/css/console.css"
IMPORT = re.compile(r'^@import url\("([^"]+)"\);$', re.MULTILINE)
ADDRESS = re.compile(r'url\("(?!data:)([^"]+)"\)')

# One behaviour a file; none knows another. theme.js is not here: it runs before the page is painted.
BEHAVIOURS = (
    *("time-zone", "relative-time", "keys", "live-status", "data-age", "htmx-glue", "parts", "form-guard", "dialogs"),
    *("copy", "tab", "poll", "pause", "filters", "board-order", "read-out", "fill"),
    *("confirm", "acts", "select", "passing", "grants"),
)
TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
FOR_GOOD = "public, max-age=31536000, immutable"


class Bundle(NamedTuple):
    """One file, and what its address is made of."""

    digest: str
    text: str


def styles() -> str:
    """console.css with every import in its place, and addresses that hold from anywhere."""
    return IMPORT.sub(lambda found: _styles(urljoin(STYLES, found[1])), _read(STYLES))


def _styles(name: str) -> str:
    return ADDRESS.sub(lambda found: f'url("{static(urljoin(name, found[1]))}")', _read(name))


def behaviours() -> str:
    """The behaviours behind each other; each is a function of its own."""
    return "\n".join(_read(f"recovery/js/{name}.js") for name in BEHAVIOURS)


def _read(name: str) -> str:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(f"the package lacks static/{name}")
    return Path(found).read_text(encoding="utf-8")


MAKERS: dict[str, Callable[[], str]] = {"css": styles, "js": behaviours}


def _made(kind: str) -> Bundle:
    text = MAKERS[kind]()
    return Bundle(hashlib.sha256(text.encode()).hexdigest()[:16], text)


_kept = cache(_made)


def bundle(kind: str) -> Bundle:
    """The bundle, made once per process."""
    return _made(kind) if settings.DEBUG else _kept(kind)


def address(kind: str) -> str:
    """Where pages get it."""
    return reverse("bundle", args=[bundle(kind).digest, kind])


@open_to_all
@require_safe
def serve(_request: HttpRequest, digest: str, kind: str) -> HttpResponse:
    """An old digest gets the present content, which is then not kept."""
    made = bundle(kind)
    caching = FOR_GOOD if digest == made.digest else "no-cache"
    return HttpResponse(made.text, content_type=TYPES[kind], headers={"Cache-Control": caching})
