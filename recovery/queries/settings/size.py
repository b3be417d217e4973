"""How much room the database takes."""

from __future__ import annotations

from django.db import connection


def database_size() -> int | None:
    """Bytes; None: this database does not tell. One query."""
    questions = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "postgresql": "SELECT pg_database_size(current_database())",
    }
    question = questions.get(connection.vendor)
    if question is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])
