"""What a refused config says."""

from __future__ import annotations

from typing import Any

import pytest


def refusals(config: Any, **values: Any) -> list[str]:
    """The single problems that the ValueError of a bad config lists."""
    with pytest.raises(ValueError, match=f"^{config.__name__}: ") as caught:
        config(**values)
    return str(caught.value).removeprefix(f"{config.__name__}: ").split("; ")
