"""Which pages there are: from the board along every link, one page for each address that the console knows."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from tests.bench.console.browsing import Visitor

_LINK = re.compile(r'<a [^>]*?href="(/[^"#]*)"')
_FILES = ("bundle", "fragment")
MOST = 60


def pages(url: str, cookie: str) -> dict[str, str]:
    """A path by the name of its address; only what answers with a page."""
    found: dict[str, str] = {}
    waiting = deque(["/"])
    visitor = Visitor(url, cookie)
    while waiting and len(found) < MOST:
        path = waiting.popleft()
        name = _name(path)
        if not name or name in found:
            continue
        page = visitor.get(path)
        if page.status != 200 or b"<h1" not in page.body:
            continue
        found[name] = path
        waiting.extend(link.replace("&amp;", "&") for link in _LINK.findall(page.body.decode()))
    visitor.close()
    return found


def _name(path: str) -> str:
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return ""
    return "" if match.url_name in _FILES else match.url_name or ""
