"""The code blocks of a Markdown file.

A block fenced as `python` is an example that runs; as `pycon`, a session whose answers are compared. One that stands
under a comment `<!-- no-run: reason -->` is not run, but must still be Python.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

LANGUAGES = {"python": "python", "py": "python", "pycon": "pycon"}

_FENCE = re.compile(r"^(?P<indent>\s*)(?P<fence>`{3,}|~{3,})\s*(?P<language>[\w+-]*)")
_NO_RUN = re.compile(r"^\s*<!--\s*no-run(?::\s*(?P<reason>.*?))?\s*-->\s*$")


class BadMarkdown(ValueError):
    """A fence or a comment that cannot be what its author meant."""


@dataclass(frozen=True)
class Block:
    """One code block; `line` is that of its first line of code, counted from 1."""

    language: str
    line: int
    code: str
    not_run: str = ""


def blocks(text: str) -> Iterator[Block]:
    """The Python blocks of a file, in order."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        opening = _FENCE.match(lines[number])
        if opening is None:
            number += 1
            continue
        end = _end(lines, number, opening["fence"])
        language = LANGUAGES.get(opening["language"].lower())
        if language is not None:
            code = textwrap.dedent("\n".join(lines[number + 1 : end])) + "\n"
            yield Block(language, number + 2, code, _reason(lines, number))
        number = end + 1


def _end(lines: list[str], start: int, fence: str) -> int:
    for number in range(start + 1, len(lines)):
        stripped = lines[number].strip()
        if len(stripped) >= len(fence) and set(stripped) == {fence[0]}:
            return number
    raise BadMarkdown(f"line {start + 1}: the block never ends")


def _reason(lines: list[str], fence: int) -> str:
    above = next((line for line in reversed(lines[:fence]) if line.strip()), "")
    comment = _NO_RUN.match(above)
    if comment is None:
        return ""
    if not comment["reason"]:
        raise BadMarkdown(f"line {fence}: say why it is not run: <!-- no-run: reason -->")
    return comment["reason"]
