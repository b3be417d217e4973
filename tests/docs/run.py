"""Run the examples of one Markdown file or one module, in a process of their own.

Usage: `python -m tests.docs.run FILE.md` or `… MODULE`. The blocks of a file share a namespace, so that a tutorial can
build on itself. `await` may stand at the top level. Retries do not sleep. Tracebacks show the line of the page.
"""

from __future__ import annotations

import ast
import asyncio
import doctest
import importlib
import inspect
import os
import sys
import tempfile
import traceback
import types
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from tests.docs.blocks import Block, blocks

NAMESPACE = "example"
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def compiled(block: Block, name: str) -> types.CodeType:
    """Code whose line numbers are those of the file it stands in."""
    padding = "\n" * (block.line - 1)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code: types.CodeType = compile(padding + block.code, name, "exec", flags=flags, dont_inherit=True)
    return code


def run_markdown(path: Path) -> int:
    """Run a file's blocks in order; the first that fails ends it."""
    module = _namespace()
    with asyncio.Runner() as runner:
        for block in blocks(path.read_text(encoding="utf-8")):
            try:
                _run(block, path.name, module, runner)
            except BaseException:
                sys.stderr.write(f"{path.name}, the block at line {block.line}:\n")
                traceback.print_exc()
                return 1
    return 0


def _run(block: Block, name: str, module: types.ModuleType, runner: asyncio.Runner) -> None:
    if block.language == "pycon":
        _run_session(block, name, module.__dict__)
        return
    code = compiled(block, name)
    if block.not_run:
        return
    if code.co_flags & inspect.CO_COROUTINE:
        runner.run(_await(code, module.__dict__))
    else:
        exec(code, module.__dict__)


async def _await(code: types.CodeType, namespace: dict[str, Any]) -> None:
    await eval(code, namespace)


def _run_session(block: Block, name: str, namespace: dict[str, Any]) -> None:
    test = doctest.DocTestParser().get_doctest(block.code, namespace, name, name, block.line - 1)
    if block.not_run:
        return
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    failed = runner.run(test, clear_globs=False).failed
    namespace.update(test.globs)
    if failed:
        raise AssertionError(f"{failed} answers differ")


def run_docstrings(name: str) -> int:
    """Run the examples in the docstrings of a module."""
    failed = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS).failed
    return 1 if failed else 0


def _namespace() -> types.ModuleType:
    """A module that can be imported, so that pickling and forward references work as they do in a file."""
    module = types.ModuleType(NAMESPACE)
    sys.modules[NAMESPACE] = module
    return module


def _no_delays() -> AbstractContextManager[object]:
    try:
        from recovery.testing import no_delays
    except ImportError:
        return nullcontext()
    context: AbstractContextManager[object] = no_delays()
    return context


@contextmanager
def _elsewhere() -> Iterator[None]:
    """Examples that write files write them into a folder that goes away."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def main(target: str) -> int:
    """Run what the argument names."""
    path = Path(target).resolve()
    with _elsewhere(), _no_delays():
        return run_markdown(path) if path.suffix == ".md" else run_docstrings(target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
