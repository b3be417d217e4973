"""Rows that go by HTTP status, errno or SQLSTATE, and those for databases, whose errors mostly bring a SQLSTATE."""

from __future__ import annotations

import errno

from . import kinds
from .kinds import row

STATUSES = (
    row("http-authentication", kinds.AUTHENTICATION, statuses=(401, 403, 407)),
    row("http-not-found", kinds.NOT_FOUND, statuses=(404, 410)),
    row("http-timeout", kinds.TIMEOUT, statuses=(408,)),
    row("http-locked", kinds.TEMPORARY, statuses=(423, 425)),
    row("http-rate-limited", kinds.RATE_LIMITED, statuses=(429,)),
    row("http-precondition", kinds.PRECONDITION, statuses=(409, 412, 428)),
    row("http-invalid-request", kinds.INVALID_REQUEST, statuses=range(400, 500)),
    row("http-unavailable", kinds.UNAVAILABLE, statuses=(503,)),
    row("http-server-error", kinds.SERVER_ERROR, statuses=range(500, 600)),
)


def _numbers(*names: str) -> frozenset[int]:
    """The errnos of these names, as far as this platform has them."""
    return frozenset(number for name in names if (number := getattr(errno, name, None)) is not None)


ERRNOS = (
    row("errno-disk-full", kinds.DISK_FULL, errnos=_numbers("ENOSPC", "EDQUOT")),
    row("errno-memory", kinds.MEMORY, errnos=_numbers("ENOMEM")),
    row("errno-too-many-open", kinds.TOO_MANY_OPEN, errnos=_numbers("EMFILE", "ENFILE", "ENOBUFS", "EADDRNOTAVAIL")),
    row("errno-permission", kinds.PERMISSION, errnos=_numbers("EACCES", "EPERM", "EROFS")),
    row("errno-not-found", kinds.FILE_MISSING, errnos=_numbers("ENOENT", "ENODEV", "ENXIO")),
    row("errno-wrong-path", kinds.WRONG_PATH, errnos=_numbers("EISDIR", "ENOTDIR", "EEXIST", "ENAMETOOLONG", "ELOOP")),
    row("errno-timeout", kinds.TIMEOUT, errnos=_numbers("ETIMEDOUT", "ETIME")),
    row("errno-network", kinds.NETWORK, errnos=_numbers(
        "ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN",
        "ENETRESET", "ENOTCONN", "ESHUTDOWN", "EPROTO",
    )),
    row("errno-busy", kinds.TEMPORARY, errnos=_numbers("EAGAIN", "EINTR", "EBUSY", "ETXTBSY", "EDEADLK")),
    row("errno-disk", kinds.FILESYSTEM, errnos=_numbers("EIO", "ESTALE", "EFBIG", "EXDEV")),
)  # fmt: skip

SQLSTATES = (
    row("sqlstate-busy", kinds.DATABASE_BUSY, sqlstates=("40", "55P03", "55006")),
    row("sqlstate-timeout", kinds.TIMEOUT, sqlstates=("57014", "HYT00", "HYT01", "25P03", "57P05")),
    row("sqlstate-restarting", kinds.TEMPORARY, sqlstates=("57P01", "57P02", "57P03")),
    row("sqlstate-exhausted", kinds.DATABASE_FULL, sqlstates=("53",)),
    row("sqlstate-authentication", kinds.AUTHENTICATION, sqlstates=("28", "42501")),
    row("sqlstate-not-found", kinds.NOT_FOUND, sqlstates=("3D000", "3F000", "42P01", "42S02")),
    row("sqlstate-connection", kinds.DATABASE, sqlstates=("08",)),
    row("sqlstate-statement", kinds.STATEMENT, sqlstates=("0A", "21", "22", "23", "25006", "42", "44")),
    row("sqlstate-server", kinds.DATABASE, sqlstates=("54", "57", "58", "XX")),
)

_ROOTS = (
    "psycopg", "psycopg2", "asyncpg", "sqlite3", "aiosqlite", "django", "sqlalchemy", "pymysql", "MySQLdb", "mysql",
    "oracledb", "cx_Oracle", "pyodbc",
)  # fmt: skip


def _of_databases(*names: str) -> tuple[str, ...]:
    """These classes of the DB-API (PEP 249), from any database library."""
    return tuple(f"{root}.{name}" for root in _ROOTS for name in names)


_ANY = _of_databases("Error", "PostgresError", "InterfaceError")

DATABASES = (
    row("database-locked", kinds.DATABASE_BUSY, types=_ANY, words=(
        "database is locked", "table is locked", "database schema is locked", "deadlock detected", "deadlock found",
        "lock wait timeout exceeded", "could not serialize access",
    )),
    row("database-full", kinds.DISK_FULL, types=_ANY, words=("database or disk is full", "no space left on device")),
    row("database-exhausted", kinds.DATABASE_FULL, types=_ANY, words=(
        "too many connections", "too many clients", "remaining connection slots are reserved", "queuepool limit",
    )),
    row("database-authentication", kinds.AUTHENTICATION, types=_ANY, words=(
        "password authentication failed", "access denied for user", "no pg_hba conf entry", "no password supplied",
    )),
    row("database-timeout", kinds.TIMEOUT, types=_ANY, words=(
        "timeout expired", "timed out", "statement timeout", "connection timeout",
    )),
    row("database-missing", kinds.NOT_FOUND, types=_ANY, words=("no such table", "no such column", "unknown database")),
    row("database-unopened", kinds.FILESYSTEM, types=_ANY, words=(
        "unable to open database file", "attempt to write a readonly database", "disk i o error",
    )),
    row("database-statement", kinds.STATEMENT, vague=True, types=_of_databases(
        "IntegrityError", "ProgrammingError", "DataError", "NotSupportedError", "StatementError",
    )),
    row("database", kinds.DATABASE, vague=True, types=_ANY),
)  # fmt: skip
