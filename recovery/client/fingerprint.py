"""Which errors are the same: type, own frames, and the message without what differs from one to the next."""

from __future__ import annotations

import re

from recovery.engine.types import ErrorReport

from .texts import digest

_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line \d+, in (?P<function>.+)$', re.MULTILINE)
_FOREIGN = re.compile(r"[/\\](?:site-packages|dist-packages|python\d[\d.]*|recovery[/\\]engine)[/\\]|^<")
_VARIABLE = re.compile(
    r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"  # UUIDs
    r"|0x[0-9a-fA-F]+|\b[0-9a-fA-F]{12,}\b|\d+(?:\.\d+)*"  # addresses, digests, numbers
    r"|'[^'\n]{0,200}'|\"[^\"\n]{0,200}\""  # quoted values
)
_SEPARATOR = re.compile(r"[/\\]")
_FRAMES = 5
_MESSAGE = 300


def normalised(message: str) -> str:
    """A message with its numbers, ids and quoted values taken out."""
    return _VARIABLE.sub("#", message[:_MESSAGE])


def frames_of(traceback: str | None) -> list[str]:
    """The innermost own frames, as ``folder/file.py:function``; where there are none, the innermost of all.

    Line numbers are left out: the same error after an unrelated edit is the same error.
    """
    found = [(m["file"], m["function"]) for m in _FRAME.finditer(traceback or "")]
    own = [(file, function) for file, function in found if not _FOREIGN.search(file)]
    return [f"{'/'.join(_SEPARATOR.split(file)[-2:])}:{function}" for file, function in (own or found)[-_FRAMES:]]


def fingerprint(report: ErrorReport) -> str:
    """The same for errors that are the same, on every host and in every process."""
    return digest(report.exception_type, normalised(report.message), *frames_of(report.traceback))
