"""Readers of the environment fail loudly, and say what they would take."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from recovery_site import env

NAME = "SOME_SETTING"


@pytest.mark.parametrize(
    ("word", "value"), [("yes", True), ("TRUE", True), ("1", True), ("off", False), ("No", False), ("0", False)]
)
def test_a_flag_knows_the_usual_words(monkeypatch: pytest.MonkeyPatch, word: str, value: bool) -> None:
    monkeypatch.setenv(NAME, word)
    assert env.flag(NAME, default=not value) is value


@pytest.mark.parametrize("word", ["maybe", "2", "yess"])
def test_a_flag_refuses_other_words(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv(NAME, word)
    with pytest.raises(ImproperlyConfigured, match=rf"{NAME}='{word}' is neither yes nor no"):
        env.flag(NAME, default=True)


@pytest.mark.parametrize("word", ["x", "1.5", "0", "11", "-1", "٣"])
def test_a_number_must_be_whole_and_in_range(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv(NAME, word)
    with pytest.raises(ImproperlyConfigured, match="from 1 to 10"):
        env.number(NAME, 3, least=1, most=10)


def test_what_is_empty_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "  ")
    assert env.text(NAME, "default") == "default"
    assert env.flag(NAME, default=True) is True
    assert env.number(NAME, 3, least=1, most=10) == 3


def test_words_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, " a.example, ,b.example ")
    assert env.words(NAME) == ["a.example", "b.example"]


def test_a_choice_is_one_of_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "xml")
    with pytest.raises(ImproperlyConfigured, match="text, json"):
        env.choice(NAME, "text", ("text", "json"))


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("from the file\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(path))
    assert env.secret(NAME) == "from the file"
    monkeypatch.setenv(NAME, "from the environment")
    with pytest.raises(ImproperlyConfigured, match="Keep one"):
        env.secret(NAME)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_secret_file_that_says_nothing_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(f"{NAME}_FILE", str(path))
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE"):
        env.secret(NAME)
