"""The product of one measure: a folder, a port and a database of its own; all gone afterwards."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from tests.bench.console.model import Store
from tests.e2e.product import ROOT, Console

LONGEST = 900.0  # s that anything inside may take


class Product(Console):
    """A console that is measured."""

    def inside(self, verb: str, **arguments: Any) -> Any:
        """Do something with the console's own database, in a process beside it; what it answers."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.console.inside", verb, json.dumps(arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{verb} failed:\n{done.stderr[-4000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    @property
    def pid(self) -> int:
        """Of the console's process."""
        assert self.process is not None
        return self.process.pid


@contextmanager
def product(store: Store, *arguments: str, **environment: str) -> Iterator[Product]:
    """A console that is set up and not yet started; stopped and swept away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="recovery-bench-"))
    (folder / "data").mkdir()
    made = _database(store)
    if made:
        environment |= {"DATABASE_URL": made} | ({"REDIS_URL": store.redis} if store.redis else {})
    environment = {"LOG_LEVEL": "warning", "SECRET_KEY": token_urlsafe(48)} | environment
    console = Product(folder, *arguments, **environment)
    try:
        done = console.command("migrate")
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        yield console
    finally:
        console.stop()
        if made:
            _server(store, f'DROP DATABASE IF EXISTS "{_name(made)}" WITH (FORCE)')
        shutil.rmtree(folder, ignore_errors=True)


def _database(store: Store) -> str:
    """The address of a new database on the store's server; none for SQLite."""
    if not store.database:
        return ""
    name = f"recovery_bench_{uuid4().hex[:12]}"
    _server(store, f'CREATE DATABASE "{name}"')
    parts = urlsplit(store.database)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


def _name(address: str) -> str:
    return urlsplit(address).path[1:]


def _server(store: Store, statement: str) -> None:
    import psycopg

    with psycopg.connect(store.database, autocommit=True) as connection:
        connection.execute(statement.encode())
