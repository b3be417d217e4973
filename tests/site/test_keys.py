"""The secret key of a console on one machine."""

from __future__ import annotations

from pathlib import Path

from recovery_site.keys import keep, kept_key


def test_a_kept_key_is_found_again_and_is_nobody_else_s(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    first = kept_key(path)
    assert kept_key(path) != first
    keep(path, first)
    assert kept_key(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_key_that_is_there_wins(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    keep(path, "one")
    keep(path, "two")
    assert kept_key(path) == "one"
