"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import ast
from statistics import median

import pytest

from tests.architecture.tree import Module, modules

LINES_OF_A_FILE = 300
LINES_OF_THE_MEDIAN_FILE = 120
LINES_OF_A_FUNCTION = 60


def _length(module: Module) -> int:
    return len(module.source.splitlines())


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_file_is_short(module: Module) -> None:
    assert _length(module) <= LINES_OF_A_FILE


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_functions_are_short(module: Module) -> None:
    functions = (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    lengths = {f"{node.name}, line {node.lineno}": (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: length for name, length in lengths.items() if length > LINES_OF_A_FUNCTION} == {}


def test_most_files_are_much_shorter() -> None:
    assert median(map(_length, modules())) <= LINES_OF_THE_MEDIAN_FILE
