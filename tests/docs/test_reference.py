"""The reference is what the code says today, and nothing public is missing from the docs."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import recovery
import recovery.engine
import recovery.testing
from recovery.engine.transitions import TABLE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GENERATOR = DOCS / "generate_reference.py"
WRITTEN = [ROOT / "README.md", DOCS / "index.md", DOCS / "tutorial.md", *sorted(DOCS.glob("concepts/*.md"))]
WRITTEN += sorted(DOCS.glob("how-to/*.md"))
ABOUT_THE_CONSOLE = {"console.md", "replay.md"}  # nothing to call, so not the scheme of the others
CONCEPTS = sorted(page for page in (DOCS / "concepts").glob("*.md") if page.name not in ABOUT_THE_CONSOLE)
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
HEADINGS = [
    "About",
    "Usage",
    "How failures are handled",
    "Defaults",
    "What it logs, what you can read",
    "Diagram",
    "Don't / Do",
]
# Written by commands that need not have been run.
LATER = {DOCS / "benchmarks.md"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _text(paths: list[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def _without_tables(text: str) -> str:
    """What people wrote: without what the generator filled in."""
    return re.sub(r"(<!-- generated: [^>]*-->\n).*?(<!-- end -->)", r"\1\2", text, flags=re.DOTALL)


def _said(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", text) is not None


def test_the_reference_is_what_the_code_says() -> None:
    """Out of date? `make docs` writes it."""
    pages: dict[Path, str] = runpy.run_path(str(GENERATOR))["pages"]()
    stale = [_name(path) for path, text in pages.items() if not path.is_file() or path.read_text("utf-8") != text]
    assert stale == [], "run `make docs`"


def test_the_generator_can_check_without_writing() -> None:
    done = subprocess.run(
        [sys.executable, str(GENERATOR), "--check"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def _names() -> Iterator[str]:
    yield from {*recovery.__all__, *recovery.engine.__all__}
    yield from (name for name in recovery.testing.__all__ if name[0] != "_")


@pytest.mark.parametrize("name", sorted(set(_names())))
def test_every_public_name_is_in_the_reference(name: str) -> None:
    assert _said(name, (DOCS / "reference" / "engine.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", recovery.__all__)
def test_every_everyday_name_is_explained_by_a_person(name: str) -> None:
    assert _said(name, _without_tables(_text(WRITTEN)))


@pytest.mark.parametrize("config", [recovery.BreakerConfig, recovery.RetryConfig], ids=lambda config: config.__name__)
def test_every_field_is_in_the_reference_and_in_a_concept(config: type[recovery.BreakerConfig]) -> None:
    reference, concepts = (DOCS / "reference" / "configuration.md").read_text("utf-8"), _text(CONCEPTS)
    assert [name for name in config.FIELDS if f"| `{name}` |" not in reference or f"`{name}`" not in concepts] == []


ENUMS = (recovery.RetryReason, recovery.ErrorCategory, recovery.ErrorSeverity, recovery.BreakerState)


@pytest.mark.parametrize("member", [m for enum in ENUMS for m in enum], ids=lambda m: f"{type(m).__name__}.{m.name}")
def test_every_value_is_in_a_concept_and_in_the_reference(member: recovery.RetryReason) -> None:
    concepts = _without_tables(_text(CONCEPTS))
    assert _said(member.name, concepts) or _said(member.value, concepts)
    assert f"| `{member.name}` | `{member.value}` |" in (DOCS / "reference" / "engine.md").read_text("utf-8")


@pytest.mark.parametrize("verb", TABLE)
def test_every_verb_of_the_transitions_is_in_the_docs(verb: str) -> None:
    states = (DOCS / "concepts" / "states-and-holds.md").read_text(encoding="utf-8")
    assert f"| `{verb}` |" in states
    assert _said(verb, _without_tables(states))


def _loggers() -> set[str]:
    code = _text(sorted((ROOT / "recovery" / "engine").glob("*.py")))
    return set(re.findall(r'getLogger\("([\w.]+)"\)', code))


def test_every_logger_is_in_the_docs() -> None:
    assert _loggers()
    written = _without_tables(_text(WRITTEN))
    assert [name for name in sorted(_loggers()) if f"`{name}`" not in written] == []


@pytest.mark.parametrize("record", [recovery.engine.BreakerSnapshot, recovery.engine.RetrySnapshot])
def test_every_figure_of_a_snapshot_is_explained(record: type[recovery.engine.BreakerSnapshot]) -> None:
    concepts = _without_tables(_text(CONCEPTS))
    assert [name for name in record._fields if f"`{name}`" not in concepts] == []


@pytest.mark.parametrize("page", CONCEPTS, ids=_name)
def test_a_concept_follows_the_scheme(page: Path) -> None:
    assert re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE) == HEADINGS


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _broken(page: Path) -> Iterator[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        if target in LATER:
            continue
        if not target.exists() or (anchor and anchor not in _anchors(target.read_text(encoding="utf-8"))):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    assert list(_broken(page)) == []


def test_every_page_can_be_reached_from_the_index() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    theirs = [*CONCEPTS, *sorted(DOCS.glob("how-to/*.md")), DOCS / "tutorial.md", DOCS / "comparison.md"]
    assert [_name(page) for page in theirs if f"({page.relative_to(DOCS).as_posix()})" not in index] == []
