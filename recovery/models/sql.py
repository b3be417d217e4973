"""Many rows at once, for SQLite and PostgreSQL alike: ``executemany`` without the cost of model instances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import BinaryField, DateTimeField, Field, JSONField, Model

_CONVERTED = (BinaryField, DateTimeField, JSONField)

_known: dict[tuple[type[Model], tuple[str, ...]], tuple[Field[Any, Any], ...]] = {}


def _fields(model: type[Model], names: tuple[str, ...]) -> tuple[Field[Any, Any], ...]:
    """The fields by attribute name: ``process_id`` for a foreign key."""
    found = _known.get((model, names))
    if found is None:
        found = _known[model, names] = _looked_up(model, names)
    return found


def _looked_up(model: type[Model], names: tuple[str, ...]) -> tuple[Field[Any, Any], ...]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return tuple(by_name[name] for name in names)


def insert_new(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows, but those whose key is there already; how many were new."""
    fields = _fields(model, tuple(names))
    prepared = _prepared(fields, rows)
    if not prepared:
        return 0
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING", prepared)  # noqa: S608
        return max(0, cursor.rowcount)


def put_rows(model: type[Model], keys: Sequence[str], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of (keys, names) in a transaction of their own, over those whose keys are there.

    They are made ready before it begins, so that a database of one writer is held for as short as can be.
    """
    fields = _fields(model, (*keys, *names))
    prepared = _prepared(fields, rows)
    if not prepared:
        return
    quote = connection.ops.quote_name
    columns = [quote(field.column) for field in fields]
    places = ", ".join(["%s"] * len(columns))
    setting = ", ".join(f"{column} = excluded.{column}" for column in columns[len(keys) :])
    conflict = f"ON CONFLICT ({', '.join(columns[: len(keys)])}) DO UPDATE SET {setting}"
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) VALUES ({places}) {conflict}"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(statement, prepared)


def update_rows(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set fields of rows by primary key, which comes last in each row."""
    key = model._meta.pk
    fields = (*_fields(model, tuple(names)), key)
    prepared = _prepared(fields, rows)
    if not prepared:
        return
    quote = connection.ops.quote_name
    setting = ", ".join(f"{quote(field.column)} = %s" for field in fields[:-1])
    with connection.cursor() as cursor:
        table, where = quote(model._meta.db_table), quote(key.column)
        cursor.executemany(f"UPDATE {table} SET {setting} WHERE {where} = %s", prepared)  # noqa: S608


def delete_rows(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Delete rows by the values of these fields."""
    fields = _fields(model, tuple(names))
    prepared = _prepared(fields, rows)
    if not prepared:
        return
    quote = connection.ops.quote_name
    where = " AND ".join(f"{quote(field.column)} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {quote(model._meta.db_table)} WHERE {where}", prepared)  # noqa: S608


def _prepared(fields: Sequence[Field[Any, Any]], rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Rows as the driver takes them. Numbers and texts it takes as they are; the field converts what is left."""
    special = [(place, field) for place, field in enumerate(fields) if isinstance(field, _CONVERTED)]
    prepared = [list(row) for row in rows]
    own = connections[DEFAULT_DB_ALIAS]
    for row in prepared:
        for place, field in special:
            row[place] = field.get_db_prep_save(row[place], own)
    return prepared
