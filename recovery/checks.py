"""Start-up checks: what would bite later is said at the start, with an id and a hint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error

IN_MEMORY = "channels.layers.InMemoryChannelLayer"
SHORT_KEY = 32
MAKE_A_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"


def register_all() -> None:
    """Hand every check to Django."""
    for check in (allowed_hosts, processes, connections, secret_key, transactions, cookies):
        checks.register(check, "recovery")


def allowed_hosts(**_: Any) -> Sequence[CheckMessage]:
    """A star switches the sockets' check of the origin off."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    hint = "Name the hosts people use: ALLOWED_HOSTS=console.example.org. A star also lets sockets come from any site."
    return [Error("ALLOWED_HOSTS contains '*'.", hint=hint, id="recovery.E001")]


def processes(**_: Any) -> Sequence[CheckMessage]:
    """The in-memory layer reaches one process only."""
    count = getattr(settings, "CONSOLE_PROCESSES", 1)
    if count == 1 or settings.CHANNEL_LAYERS["default"]["BACKEND"] != IN_MEMORY:
        return []
    hint = "Set REDIS_URL: with the in-memory layer a change in one process is not seen by browsers of another."
    return [Error(f"{count} console processes, but no REDIS_URL.", hint=hint, id="recovery.E002")]


def connections(**_: Any) -> Sequence[CheckMessage]:
    """Persistent connections leak under ASGI."""
    leaking = [
        alias
        for alias, database in settings.DATABASES.items()
        if database["ENGINE"].endswith("postgresql") and database.get("CONN_MAX_AGE", 0) != 0
    ]
    hint = 'Set CONN_MAX_AGE to 0 and use OPTIONS={"pool": {…}}: under ASGI persistent connections pile up.'
    return [Error(f"CONN_MAX_AGE is set for PostgreSQL ({alias}).", hint=hint, id="recovery.E003") for alias in leaking]


def secret_key(**_: Any) -> Sequence[CheckMessage]:
    """Consoles that share a database must share the key too."""
    if getattr(settings, "SECRET_KEY_GIVEN", settings.SECRET_KEY):
        return _short_key()
    alone = (
        settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
        and settings.CHANNEL_LAYERS["default"]["BACKEND"] == IN_MEMORY
    )
    if alone:
        return []
    hint = f"Set SECRET_KEY, or SECRET_KEY_FILE to a file that holds it: {MAKE_A_KEY}."
    return [
        Error(
            "SECRET_KEY is missing, so console processes would not know each other's sessions.",
            hint=hint,
            id="recovery.E004",
        )
    ]


def _short_key() -> Sequence[CheckMessage]:
    if len(settings.SECRET_KEY) >= SHORT_KEY:
        return []
    hint = f"Make one: {MAKE_A_KEY}."
    return [checks.Warning(f"SECRET_KEY is shorter than {SHORT_KEY} characters.", hint=hint, id="recovery.W001")]


def transactions(**_: Any) -> Sequence[CheckMessage]:
    """With immediate transactions every read would become a writer."""
    wrong = [alias for alias, database in settings.DATABASES.items() if database.get("ATOMIC_REQUESTS")]
    hint = "Remove it: SQLite's transactions are immediate here, so every page view would wait for the writer."
    return [Error(f"ATOMIC_REQUESTS is on ({alias}).", hint=hint, id="recovery.E005") for alias in wrong]


def cookies(**_: Any) -> Sequence[CheckMessage]:
    """People who sign in from elsewhere should do so over HTTPS."""
    elsewhere = set(settings.ALLOWED_HOSTS) - {"localhost", "127.0.0.1", "[::1]", "testserver"}
    if settings.DEBUG or settings.SESSION_COOKIE_SECURE or not elsewhere:
        return []
    hint = "Put a proxy with TLS in front and set HTTPS=yes; the proxy must set X-Forwarded-Proto itself."
    return [checks.Warning("The session's cookie also travels over plain HTTP.", hint=hint, id="recovery.W002")]
