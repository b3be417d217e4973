"""Whose fault it is that something was not kept: the database's, which will pass, or that of what was to be kept."""

from __future__ import annotations

from django.db import Error, InterfaceError, OperationalError

# PostgreSQL's classes of what no row is to blame for: connection, rollback, resources, state, operator, system.
_PASSING_CLASSES = frozenset({"08", "25", "40", "53", "55", "57", "58"})
# The tables are not those of this version: a migration is due, or under way.
_NO_SUCH = frozenset({"42P01", "42703"})  # undefined table, undefined column
_NO_SUCH_WORDS = ("no such table", "no such column", "has no column named", "schema has changed")
# SQLite's codes of what is about one statement or one row.
_OF_THE_ROW = frozenset({"SQLITE_ERROR", "SQLITE_TOOBIG", "SQLITE_MISMATCH", "SQLITE_RANGE", "SQLITE_CONSTRAINT"})


def passes(error: Exception) -> bool:
    """Whether to wait and try the same again: nothing may be refused because the database has a bad hour."""
    if not isinstance(error, Error):
        return False
    if (state := getattr(error.__cause__, "sqlstate", None)) is not None:
        return state[:2] in _PASSING_CLASSES or state in _NO_SUCH
    if any(words in str(error) for words in _NO_SUCH_WORDS):
        return True
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    name: str = getattr(error.__cause__, "sqlite_errorname", "")
    return name.partition("_")[0] != "SQLITE" or "_".join(name.split("_")[:2]) not in _OF_THE_ROW
