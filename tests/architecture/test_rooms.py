"""Imports only point down."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.rooms import ROOMS, room_of, violations
from tests.architecture.tree import PACKAGE, ROOT, Module, modules

KNOWN = {module.name for module in modules()}


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_module_imports_only_what_its_room_admits(module: Module) -> None:
    assert violations(module, KNOWN) == []


def test_every_room_is_in_the_table_once() -> None:
    names = [room.name for room in ROOMS]
    assert sorted(set(names)) == sorted(names)


def _written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, source: str) -> Module:
    """A module of a made-up tree."""
    monkeypatch.setattr("tests.architecture.tree.ROOT", tmp_path)
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(source)
    return Module(path)


FORBIDDEN = [
    ("recovery/engine/x.py", "import django"),
    ("recovery/engine/x.py", "from recovery.client import link"),
    ("recovery/engine/x.py", "from .. import client"),
    ("recovery/engine/x.py", "from ..client.link import Link"),
    ("recovery/engine/x.py", "import recovery"),
    ("recovery/engine/x.py", "def late():\n    import msgspec"),
    ("recovery/engine/x.py", "if TYPE_CHECKING:\n    import httpx"),
    ("recovery/engine/x.py", "import importlib\nimportlib.import_module('redis')"),
    ("recovery/engine/x.py", "__import__('requests')"),
    ("recovery/wire.py", "import websockets"),
    ("recovery/wire.py", "from .client import link"),
    ("recovery/client/x.py", "import django"),
    ("recovery/client/x.py", "from recovery.models import Breaker"),
    ("recovery/health/x.py", "from recovery.models import Check"),
    ("recovery/live/x.py", "from recovery import models"),
    ("recovery/queries/x.py", "from recovery.actions import trip"),
    ("recovery/ingest/x.py", "from recovery.actions import trip"),
    ("recovery/actions/x.py", "from recovery.views import board"),
    ("recovery/views/x.py", "from recovery.testing import FakeClock"),
    ("recovery/elsewhere.py", ""),
]


@pytest.mark.parametrize(("name", "source"), FORBIDDEN)
def test_the_reader_finds_what_is_forbidden(
    name: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = _written(tmp_path, monkeypatch, name, source)
    assert len(violations(module, {"recovery.client", "recovery.client.link", "recovery.models"})) == 1


ALLOWED = [
    ("recovery/engine/x.py", "import asyncio, json\nfrom . import clock\nfrom .errors import RecoveryError"),
    ("recovery/engine/x.py", "from recovery.engine import clock"),
    ("recovery/__init__.py", "from recovery.engine import CircuitBreaker\nfrom .client import connect"),
    ("recovery/client/x.py", "import websockets\nfrom recovery import wire\nfrom ..engine import registry"),
    ("recovery/actions/x.py", "import django\nfrom recovery.models import Hold\nfrom recovery.engine import types"),
    ("recovery/views/x.py", "from recovery.actions import trip\nfrom recovery.queries import board"),
    ("recovery/testing.py", "import pytest\nfrom recovery.engine import clock"),
]


@pytest.mark.parametrize(("name", "source"), ALLOWED)
def test_the_reader_lets_pass_what_is_allowed(
    name: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = _written(tmp_path, monkeypatch, name, source)
    assert violations(module, {"recovery.wire", "recovery.engine.clock"}) == []


def test_the_package_is_where_the_table_looks() -> None:
    assert PACKAGE == ROOT / "recovery"
    assert room_of("recovery.engine.breaker") == ROOMS[0]
