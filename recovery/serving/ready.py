"""What must be right before the first request: a folder to write in, a database of this version, a free port, a key."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path
from typing import Any

from django.db import Error as DatabaseProblem
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class NotReady(Exception):
    """Why the console cannot start, and what to do about it."""


def free_port(host: str, port: int) -> int:
    """The port, if nobody listens there; for 0 one that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise NotReady(
                f"Cannot listen on {host}:{port}: {problem.strerror or problem}. "
                f"Is another console running there? Choose another port: --port {port + 1}."
            ) from problem
        return int(probe.getsockname()[1])


def writable(folder: Path) -> None:
    """The folder exists, or can be made, and files can be written in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise NotReady(
            f"Cannot write in {folder}: {problem.strerror or problem}. "
            "Set RECOVERY_DATA to a folder that can be written, or DATABASE_URL to another database."
        ) from problem


def database_folder() -> Path | None:
    """Where SQLite writes; None for a server."""
    return Path(connection.settings_dict["NAME"]).parent if connection.vendor == "sqlite" else None


def migrated() -> list[str]:
    """Bring the database to this version (SQLite), or insist that it is (a server). Returns what was applied."""
    try:
        executor = MigrationExecutor(connection)
        refuse_newer(executor.loader)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan and connection.vendor != "sqlite":
            raise NotReady("The database is older than this console. Bring it up to date first: recovery migrate.")
        executor.migrate(executor.loader.graph.leaf_nodes(), plan)
    except DatabaseProblem as problem:
        raise NotReady(f"The database cannot be used: {_first_line(problem)}. It is {where()}.") from problem
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def refuse_newer(loader: Any) -> None:
    """A database with migrations that this version does not know was written by a newer one."""
    ours = {label for label, _ in loader.disk_migrations}
    replaced = {name for migration in loader.disk_migrations.values() for name in migration.replaces}
    unknown = sorted(
        f"{label}.{name}"
        for label, name in loader.applied_migrations
        if label in ours and (label, name) not in loader.disk_migrations and (label, name) not in replaced
    )
    if unknown:
        raise NotReady(
            f"The database was written by a newer Recovery ({', '.join(unknown[:3])}). "
            "Install that version, or restore a backup from before it."
        )


def where() -> str:
    """The database in words, without its password."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(settings["NAME"])
    return f"{settings['NAME']} on {settings['HOST'] or 'this machine'}"


def _first_line(problem: Exception) -> str:
    return (str(problem) or type(problem).__name__).strip().splitlines()[0].rstrip(".")
