"""Tags of every page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template

from recovery.engine import BreakerState
from recovery.templatetags.console import WORDS, state_key, state_word


def render(source: str, **context: Any) -> str:
    return Template("{% load console %}" + source).render(Context(context))


@pytest.mark.parametrize("state", BreakerState)
def test_every_state_of_the_engine_has_a_word_and_a_glyph(state: BreakerState) -> None:
    html = render("{% state value %}", value=state)
    assert f'data-state="{state_key(state)}"' in html
    assert WORDS[state_key(state)] in html


def test_every_glyph_that_is_named_is_there() -> None:
    from recovery.navigation import PAGES

    icons = Path(finders.find("recovery/icons.svg")).read_text(encoding="utf-8")
    names = [*WORDS, *(page.icon for page in PAGES)]
    assert [name for name in names if f'<symbol id="{name}"' not in icons] == []


def test_what_is_not_known_is_no_data() -> None:
    assert [state_word(value) for value in (None, "", "nonsense")] == ["No data"] * 3


def test_a_time_knows_no_viewer() -> None:
    moment = datetime(2026, 11, 22, 14, 2, 31, tzinfo=UTC)
    html = render("{% when moment as='until' %}", moment=moment)
    assert html == '<time datetime="2026-11-22T14:02:31.000+00:00" data-as="until">2026-11-22 14:02:31 UTC</time>'
    assert render("{% when moment %}", moment=None) == "—"


def test_words_from_services_are_escaped() -> None:
    assert "<b>" not in render("{% state 'open' word=word %}", word="<b>x")
