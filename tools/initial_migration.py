"""Write recovery/migrations/0001_initial.py anew from the models, each table in one step.

`makemigrations` adds every index and constraint on its own, and SQLite copies the table for each: a new console would
take seconds to start. For as long as nothing is released, change the models and run this; later, add migrations.
"""

from __future__ import annotations

import os
import sys
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.db import migrations  # noqa: E402
from django.db.migrations.operations import CreateModel  # noqa: E402
from django.db.migrations.state import ModelState  # noqa: E402
from django.db.migrations.writer import MigrationWriter  # noqa: E402


def operations() -> list[CreateModel]:
    """One per model, those it refers to first."""
    models = {model: _parents(model) for model in apps.get_app_config("recovery").get_models()}
    states = [ModelState.from_model(model) for model in TopologicalSorter(models).static_order()]
    return [
        CreateModel(state.name, list(state.fields.items()), _options(state), state.bases, state.managers)
        for state in states
    ]


def _parents(model: type) -> set[type]:
    fields = (field for field in (*model._meta.local_fields, *model._meta.local_many_to_many) if field.is_relation)
    related = {field.related_model for field in fields}
    return {other for other in related if other is not model and other._meta.app_label == "recovery"}


def _options(state: ModelState) -> dict[str, object]:
    return {name: value for name, value in state.options.items() if value or name not in {"indexes", "constraints"}}


def main() -> None:
    """Write the file."""
    migration = type("Migration", (migrations.Migration,), {})("0001_initial", "recovery")
    migration.initial = True
    migration.dependencies = [("__setting__", "AUTH_USER_MODEL")]
    migration.operations = operations()
    target = ROOT / "recovery" / "migrations" / "0001_initial.py"
    target.write_text(MigrationWriter(migration, include_header=False).as_string(), encoding="utf-8")
    print(f"{target.relative_to(ROOT)}: {len(migration.operations)} tables")


if __name__ == "__main__":
    main()
