"""Who may import whom: one table of rooms, and a reader of imports that holds modules against it.

A room may import the standard library, itself, every room of a lower ring, and what its row says beside that. Rooms
that do not exist yet stand in the table already, so that they are born under the rule.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tests.architecture.tree import Module

ANYTHING = "*"


@dataclass(frozen=True)
class Room:
    """A package or module; `only` replaces the lower rings, `beside` adds rooms of the same ring."""

    name: str
    ring: int
    beside: tuple[str, ...] = ()
    third_party: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    exact: bool = False  # the module itself, not what is below it

    def holds(self, module: str) -> bool:
        """Whether the module lives here."""
        return module == self.name or (not self.exact and module.startswith(f"{self.name}."))

    def admits(self, other: Room) -> bool:
        """Whether modules of this room may import those of the other."""
        if other == self or other.name in self.beside:
            return True
        return other.name in self.only if self.only is not None else other.ring < self.ring


def _r(name: str) -> str:
    return f"recovery.{name}"


PAGES = (
    *("views", "api", "consumers", "forms", "templatetags", "management", "migrations", "checks", "admin"),
    *("middleware", "navigation", "serving", "worker"),
)
# Rooms of the pages' ring that another one calls.
BESIDE = {
    "views": ("forms", "navigation", "templatetags"),
    "api": ("forms",),
    "templatetags": ("navigation",),
    "management": ("serving", "worker"),
    "worker": ("consumers", "serving"),
}

ROOMS: tuple[Room, ...] = (
    # ring 0: the standard library alone
    Room(_r("engine"), 0),
    # ring 1: what a service installs
    Room(_r("wire"), 1, third_party=("msgspec",)),
    Room(_r("client"), 1, beside=(_r("wire"),), third_party=("msgspec", "websockets")),
    Room("recovery", 1, beside=(_r("client"),), exact=True),
    # ring 2: the console's model of the world; no room here knows a page
    Room(_r("moment"), 1),
    Room(_r("models"), 2, beside=(_r("permissions"),), third_party=(ANYTHING,)),
    Room(_r("health"), 2, third_party=(ANYTHING,)),
    Room(_r("live"), 2, third_party=(ANYTHING,)),
    Room(_r("permissions"), 2, third_party=(ANYTHING,)),
    Room(_r("charts"), 2, only=()),
    Room(_r("guardrail"), 2, only=(_r("charts"),)),
    Room(
        _r("queries"),
        2,
        beside=(_r("models"), _r("charts"), _r("guardrail"), _r("rollups.keyframes")),
        third_party=(ANYTHING,),
    ),
    Room(
        _r("actions"),
        2,
        beside=(_r("models"), _r("health"), _r("live"), _r("permissions"), _r("guardrail")),
        third_party=(ANYTHING,),
    ),
    Room(_r("ingest"), 2, beside=(_r("models"), _r("live")), third_party=(ANYTHING,)),
    Room(_r("ingest.packing"), 1, beside=(_r("wire"),), third_party=("msgspec",)),
    # how long what is kept: charts say where it ends
    Room(_r("rollups.retention"), 1, third_party=("django",)),
    # the totals before a slice: a replay begins with them
    Room(_r("rollups.keyframes"), 2, beside=(_r("models"),), third_party=("msgspec",)),
    Room(_r("rollups"), 2, beside=(_r("models"), _r("rollups.keyframes")), third_party=(ANYTHING,)),
    # ring 3: parse, call one action or query, answer
    *(Room(_r(name), 3, third_party=(ANYTHING,), beside=tuple(map(_r, BESIDE.get(name, ())))) for name in PAGES),
    # routes and the app name the rooms that answer
    *(Room(_r(name), 3, third_party=(ANYTHING,), beside=tuple(map(_r, PAGES))) for name in ("apps", "urls", "routing")),
    # ring 4: nobody imports these
    Room(_r("testing"), 4, third_party=("pytest",), beside=(_r("_testing"),), only=("recovery", _r("engine"))),
    Room(_r("_testing"), 4, third_party=("pytest",), beside=(_r("testing"),), only=("recovery", _r("engine"))),
    Room(_r("demo"), 4, only=("recovery", _r("engine"))),
    # the demonstration fleet: a client like any other; only `up --demo` starts it
    Room(_r("fleet"), 2, beside=(_r("demo"),), only=("recovery", _r("engine"), _r("client"))),
)


@dataclass(frozen=True)
class Import:
    """One imported module and the line that names it."""

    name: str
    line: int


def room_of(module: str) -> Room | None:
    """The room a module lives in: the longest match."""
    holding = [room for room in ROOMS if room.holds(module)]
    return max(holding, key=lambda room: len(room.name), default=None)


def violations(module: Module, known: Collection[str]) -> list[str]:
    """What the module imports and may not; `known` are the names of all modules of the package."""
    room = room_of(module.name)
    if room is None:
        return [f"{module.name} belongs to no room of tests/architecture/rooms.py"]
    problems = (_problem(room, imported, known) for imported in imports(module, known))
    return [f"{module.name}:{line} {text}" for line, text in filter(None, problems)]


def _problem(room: Room, imported: Import, known: Collection[str]) -> tuple[int, str] | None:
    top = imported.name.partition(".")[0]
    if top == "recovery":
        other = room_of(imported.name)
        if other is None or not room.admits(other):
            return imported.line, f"{room.name} may not import {imported.name}"
        return None
    if top in sys.stdlib_module_names or top in room.third_party or ANYTHING in room.third_party:
        return None
    return imported.line, f"{room.name} may not import third-party {top}"


def imports(module: Module, known: Collection[str]) -> Iterator[Import]:
    """Every import of a module, wherever it stands: at the top, in functions, under TYPE_CHECKING, by importlib."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _from(module, node, known)
        elif isinstance(node, ast.Call):
            yield from _dynamic(module, node)


def _from(module: Module, node: ast.ImportFrom, known: Collection[str]) -> Iterator[Import]:
    base = _absolute(module, node.module or "", node.level)
    for alias in node.names:
        # `from package import module` names a module, `from module import name` does not.
        inner = f"{base}.{alias.name}"
        yield Import(inner if inner in known else base, node.lineno)


def _absolute(module: Module, name: str, level: int) -> str:
    if not level:
        return name
    package = module.package.split(".")
    parts = package[: len(package) - level + 1]
    return ".".join([*parts, name] if name else parts)


def _dynamic(module: Module, node: ast.Call) -> Iterator[Import]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called not in {"import_module", "__import__"} or not node.args:
        return
    target = node.args[0]
    if isinstance(target, ast.Constant) and isinstance(target.value, str):
        name = target.value
        level = len(name) - len(name.lstrip("."))
        yield Import(_absolute(module, name.lstrip("."), level), node.lineno)
