"""Which words a column of the audit holds, found by its index: one step a word, however many entries there are."""

from __future__ import annotations

from django.db import connection

MOST = 200
COLUMNS = {"actor": "audit_actor", "act": "audit_act"}  # and the index that makes it quick

# Each step asks the index for the next greater word.
_NEXT = """
WITH RECURSIVE found(word, n) AS (
    SELECT MIN({column}), 1 FROM recovery_auditentry
    UNION ALL
    SELECT (SELECT MIN({column}) FROM recovery_auditentry WHERE {column} > found.word), n + 1
    FROM found WHERE found.word IS NOT NULL AND n < {most}
)
SELECT word FROM found WHERE word IS NOT NULL
"""


def words_of(column: str) -> tuple[str, ...]:
    """In order. One query."""
    if column not in COLUMNS:
        raise ValueError(f"column must be one of {', '.join(COLUMNS)}, got {column!r}")
    with connection.cursor() as cursor:
        cursor.execute(_NEXT.format(column=column, most=MOST))
        return tuple(word for (word,) in cursor.fetchall() if word)
