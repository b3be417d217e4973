"""What a measure does with the console's own database, in a process of its own: `python -m … verb '{"json": 1}'`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
django.setup()

from tests.bench.console import acting, crawling, floors, seeding  # noqa: E402 - models need settings

VERBS: dict[str, Callable[..., Any]] = {
    "services": seeding.services,
    "house": seeding.house,
    "history": seeding.history,
    "past": seeding.past,
    "session": seeding.session,
    "pages": crawling.pages,
    "floor": floors.insert,
    "counts": acting.counts,
    "trips": acting.trips,
    "rows": acting.rows,
    "tidied": acting.tidied,
}

if __name__ == "__main__":
    print(json.dumps(VERBS[sys.argv[1]](**json.loads(sys.argv[2]))))
