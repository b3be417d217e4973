"""What must be right before the first request, and the words when it is not."""

from __future__ import annotations

import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from recovery.serving import ready


def test_a_taken_port_is_told_with_another_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ready.NotReady, match=rf"Cannot listen on 127.0.0.1:{port}: .*--port {port + 1}"):
            ready.free_port("127.0.0.1", port)


def test_zero_takes_a_free_port() -> None:
    assert ready.free_port("127.0.0.1", 0) > 1023


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ready.NotReady, match="Set RECOVERY_DATA"):
        ready.writable(file / "below")
    ready.writable(tmp_path / "new" / "folder")
    assert list((tmp_path / "new" / "folder").iterdir()) == []


def loader(*applied: tuple[str, str]) -> SimpleNamespace:
    migration = SimpleNamespace(replaces=[("recovery", "0000_squashed")])
    return SimpleNamespace(
        disk_migrations={("recovery", "0001_initial"): migration}, applied_migrations=dict.fromkeys(applied)
    )


def test_a_newer_database_is_refused() -> None:
    with pytest.raises(ready.NotReady, match=r"newer Recovery \(recovery.0099_future\)"):
        ready.refuse_newer(loader(("recovery", "0001_initial"), ("recovery", "0099_future")))


def test_other_apps_and_squashed_migrations_are_no_future() -> None:
    ready.refuse_newer(loader(("recovery", "0001_initial"), ("recovery", "0000_squashed"), ("elsewhere", "0007_x")))


@pytest.mark.django_db
def test_a_database_of_this_version_needs_nothing() -> None:
    assert ready.migrated() == []
