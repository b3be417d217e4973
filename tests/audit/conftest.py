"""Every test of the audit needs the database; most look as a viewer."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import factories as make


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """For all."""


@pytest.fixture
def viewer() -> Client:
    """Vera, who may only look."""
    client = Client()
    client.force_login(make.person("viewer", "vera"))
    return client
