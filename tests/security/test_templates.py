"""What the policy would refuse is in no template; what people type is escaped in all of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))

FORBIDDEN = {
    "inline style": re.compile(r"""\sstyle\s*=|<style""", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "inline handler": re.compile(r"""\son[a-z]+\s*=\s*["']""", re.IGNORECASE),
    "htmx code": re.compile(r"""hx-on|["']js:|hx-trigger="[^"]*\["""),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "foreign address": re.compile(r"""(src|href|action)\s*=\s*["'](https?:)?//""", re.IGNORECASE),
    "unescaped": re.compile(r"\|\s*safe\b|autoescape\s+off|safeseq"),
    "state-changing link": re.compile(r"hx-get=[^>]*(delete|reset|trip|release|revoke)"),
}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_holds_nothing_that_the_policy_refuses(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_a_script_is_one_small_behaviour(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    assert not re.search(
        r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write|^import\b", text, re.MULTILINE
    )


@pytest.mark.parametrize("path", STYLES, ids=_name)
def test_a_style_sheet_is_one_component_in_its_layer(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert "@layer" in text
    assert not re.search(r"url\(\"?(https?:)?//|@import url\(\"?http", text)


def test_every_style_sheet_is_imported_once() -> None:
    sheet = ROOT / "static" / "recovery" / "css" / "console.css"
    text = sheet.read_text(encoding="utf-8")
    assert text.startswith("@layer reset, tokens, base, layout, components, utilities;\n")
    imported = [(sheet.parent / name).resolve() for name in re.findall(r'@import url\("([^"]+)"\)', text)]
    assert sorted(imported) == sorted(path for path in STYLES if path != sheet)


def test_raw_colours_stand_in_the_palette_alone() -> None:
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b")
    allowed = {"tokens.css", "base.css", "brand.css", "button.css"}  # print, the mark, white on the red button
    assert [
        _name(path) for path in STYLES if path.name not in allowed and colour.search(path.read_text(encoding="utf-8"))
    ] == []
