"""How many days everything is kept. What each is, and its default, says `recovery.rollups.retention`."""

from __future__ import annotations

from . import env

LONGEST = 3_650
AFTER = 5  # days that a process outlives what is told of it


def retention() -> dict[str, int]:
    """By kind. A process is kept longer than what hangs on it, which would go with it."""
    kept = {
        "slices": env.number("RETENTION_DAYS_SLICES", 2, least=1, most=LONGEST),
        "tens": env.number("RETENTION_DAYS_TENS", 1, least=1, most=LONGEST),
        "minutes": env.number("RETENTION_DAYS_MINUTES", 7, least=1, most=LONGEST),
        "hours": env.number("RETENTION_DAYS_HOURS", 90, least=2, most=LONGEST),
        "days": env.number("RETENTION_DAYS_DAYS", 730, least=2, most=LONGEST),
        "transitions": env.number("RETENTION_DAYS_TRANSITIONS", 90, least=1, most=LONGEST),
        "occurrences": env.number("RETENTION_DAYS_OCCURRENCES", 30, least=1, most=LONGEST),
        "logs": env.number("RETENTION_DAYS_LOGS", 7, least=1, most=LONGEST),
        "results": env.number("RETENTION_DAYS_RESULTS", 90, least=1, most=LONGEST),
        "check_days": env.number("RETENTION_DAYS_CHECK_DAYS", 400, least=90, most=LONGEST),
        "links": env.number("RETENTION_DAYS_LINKS", 90, least=1, most=LONGEST),
        "commands": env.number("RETENTION_DAYS_COMMANDS", 90, least=1, most=LONGEST),
    }
    hanging = ("slices", "transitions", "occurrences", "logs", "links", "commands")
    return kept | {"processes": max(kept[each] for each in hanging) + AFTER}
