"""Student records in a SQLite file that the processes of the service share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .settings import FOLDER

STUDENTS = 9_000
PATIENCE = 0.2  # seconds that a reader waits for the file


@contextmanager
def opened(patience: float = PATIENCE) -> Iterator[sqlite3.Connection]:
    """A connection for one job; it commits by itself."""
    with closing(sqlite3.connect(Path(FOLDER) / "students.sqlite3", patience, isolation_level=None)) as connection:
        yield connection


def create() -> None:
    """Make the file, unless another process has."""
    with opened(10.0) as records:
        records.execute("BEGIN IMMEDIATE")
        records.execute(
            "CREATE TABLE IF NOT EXISTS student (id INTEGER PRIMARY KEY, name TEXT, class INTEGER, mark REAL)"
        )
        if not records.execute("SELECT count(*) FROM student").fetchone()[0]:
            rows = ((number, f"Student {number}", number % 40, 1 + number % 6) for number in range(1, STUDENTS))
            records.executemany("INSERT INTO student VALUES (?, ?, ?, ?)", rows)
        records.execute("COMMIT")
