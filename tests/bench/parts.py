"""Parts of docs/benchmarks.md: each writer replaces what stands between its own two marks and leaves the rest alone."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
HEAD = """\
# Benchmarks

Measured by the scripts in `tests/bench`, each beside a peer or a floor that runs in the same minutes on the same
machine: run them yourself, the ratios travel better than the numbers. `make bench` writes the part about the engine,
`make bench-console` the part about the console.
"""


def put(part: str, text: str, page: Path = PAGE) -> None:
    """Write this part; a page or a part that is not there yet is made."""
    page.parent.mkdir(exist_ok=True)
    before = page.read_text(encoding="utf-8") if page.exists() else HEAD
    page.write_text(replaced(before, part, text), encoding="utf-8")


def replaced(page: str, part: str, text: str) -> str:
    """The page with this text as that part."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    whole = f"{begin}\n\n{text.strip()}\n\n{end}"
    if begin not in page:
        return f"{page.rstrip()}\n\n{whole}\n"
    first, _, rest = page.partition(begin)
    _, found, last = rest.partition(end)
    if not found:
        raise ValueError(f"the page has {begin!r} but not {end!r}")
    return first + whole + last
