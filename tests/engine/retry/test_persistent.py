"""What is PERSISTENT is not retried, whatever its reason is called."""

from __future__ import annotations

import pytest

from recovery import retry


@pytest.mark.parametrize("error", [IsADirectoryError("a folder"), PermissionError])
def test_only_the_category_decides(error: Exception | type[Exception]) -> None:
    """A folder where a file should be fails once; a missing permission is SYSTEM and is retried."""
    calls = []

    @retry(max_attempts=3, base_delay=0)
    def save() -> None:
        calls.append(1)
        raise error

    with pytest.raises(type(error) if isinstance(error, Exception) else error):
        save()
    assert len(calls) == (1 if isinstance(error, IsADirectoryError) else 3)


async def test_an_asynchronous_call_follows_the_same_rule() -> None:
    """Coroutines take the same decision."""
    calls = []

    @retry(max_attempts=3, base_delay=0)
    async def save() -> None:
        calls.append(1)
        raise IsADirectoryError("a folder")

    with pytest.raises(IsADirectoryError):
        await save()
    assert len(calls) == 1
