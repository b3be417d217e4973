"""Two writers share docs/benchmarks.md: neither may touch what is the other's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import parts


def test_each_writer_replaces_its_own_part_only(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    parts.put("engine", "engine, first", page)
    parts.put("console", "console, first", page)
    parts.put("engine", "engine, again", page)
    text = page.read_text()
    assert "engine, first" not in text
    assert text.index("engine, again") < text.index("console, first")
    assert text.startswith("# Benchmarks")


def test_what_people_wrote_between_the_parts_stays(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("# Mine\n\n<!-- a: begin -->\nold\n<!-- a: end -->\n\nbetween\n")
    parts.put("a", "new", page)
    assert page.read_text() == "# Mine\n\n<!-- a: begin -->\n\nnew\n\n<!-- a: end -->\n\nbetween\n"


def test_a_part_that_does_not_end_is_not_written_over(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("<!-- a: begin -->\nold\n")
    with pytest.raises(ValueError, match="a: end"):
        parts.put("a", "new", page)
    assert "old" in page.read_text()


def test_the_published_page_has_a_place_for_each() -> None:
    text = parts.PAGE.read_text()
    assert text.count("<!-- engine: begin -->") == text.count("<!-- engine: end -->") == 1
