"""DATABASE_URL as Django's settings: SQLite with its pragmas, PostgreSQL with a pool of connections."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

EXAMPLES = "sqlite:///console.sqlite3 (a path), sqlite:////var/lib/recovery/console.sqlite3, postgres://user:password@host:5432/name"

# Measured: with deferred transactions 24–93 % of busy writers meet "database is locked", with immediate ones none do.
PRAGMAS = "journal_mode=WAL", "synchronous=NORMAL", "journal_size_limit=67108864", "temp_store=MEMORY"
LOCK_WAIT = 20

# A reconnection is given up soon: the pool doubles the pauses in between, and would come back as late as it was away.
POOL = {"min_size": 1, "max_size": 10, "timeout": 10, "reconnect_timeout": 2}


def database(url: str) -> dict[str, Any]:
    """The settings of one database."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(parts)
    if parts.scheme in {"postgres", "postgresql"}:
        return postgres(parts)
    raise ImproperlyConfigured(f"DATABASE_URL starts with {parts.scheme or 'nothing'!r}. Use for example: {EXAMPLES}.")


def sqlite(parts: SplitResult) -> dict[str, Any]:
    """The file that the URL names: three slashes before a relative path, four before an absolute one."""
    path = unquote(parts.path)[1:]
    if parts.netloc or not path:
        raise ImproperlyConfigured(f"DATABASE_URL names no SQLite file. Use for example: {EXAMPLES}.")
    options = dict(parse_qsl(parts.query))
    wait = _whole("to wait for a lock of so many seconds", options.pop("timeout", str(LOCK_WAIT)))
    if options:
        raise ImproperlyConfigured(f"DATABASE_URL has {', '.join(options)}. SQLite knows one option: ?timeout=20.")
    return sqlite_file(Path(path), wait)


def sqlite_file(path: Path, wait: int = LOCK_WAIT) -> dict[str, Any]:
    """Write-ahead log, immediate transactions, a patient wait (s) for the one writer."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path.absolute()),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": wait,
            "init_command": "".join(f"PRAGMA {pragma};" for pragma in PRAGMAS),
        },
    }


def postgres(parts: SplitResult) -> dict[str, Any]:
    """A pool instead of CONN_MAX_AGE, which leaks connections under ASGI."""
    name = unquote(parts.path)[1:]
    if not name:
        raise ImproperlyConfigured(f"DATABASE_URL names no database. Use for example: {EXAMPLES}.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or options.pop("host", "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": _pool(options), **options},
    }


def _pool(options: dict[str, str]) -> dict[str, int]:
    most = _whole("for a pool of so many connections", options.pop("pool", str(POOL["max_size"])))
    wait = _whole("to wait for a connection for so many seconds", options.pop("timeout", str(POOL["timeout"])))
    return {**POOL, "max_size": most, "timeout": wait}


def _whole(what: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value)):
        raise ImproperlyConfigured(f"DATABASE_URL asks {what}: {value!r}. Use a whole number from 1.")
    return int(value)
