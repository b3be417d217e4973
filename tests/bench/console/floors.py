"""What the database itself takes: the same rows by one bare statement, in a table like the console's own."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.db import connection, transaction

ROWS = 50_000
AT_ONCE = 1_000


def insert(rows: int = ROWS) -> float:
    """Rows of errors' occurrences a second: ``executemany`` on SQLite, ``COPY`` on PostgreSQL, 1,000 a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_floor (id integer, process bigint, seq bigint, at double precision, message text, "
            "severity text, traceback text, context text, PRIMARY KEY (process, seq))"
        )
        cursor.execute("CREATE INDEX bench_floor_at ON bench_floor (at)")
    made = [(n, n % 500, n, 1e9 + n, "no answer within 2 s", "high", "Traceback\n" * 20, "{}") for n in range(rows)]
    began = time.perf_counter()
    for start in range(0, rows, AT_ONCE):
        with transaction.atomic():
            _put(made[start : start + AT_ONCE])
    taken = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_floor")
    return rows / taken


def _put(rows: Sequence[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy("COPY bench_floor FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany("INSERT INTO bench_floor VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", rows)
