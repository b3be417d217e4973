"""The README's first example does what the README says: copied as it stands, against a kitchen that is down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from recovery.testing import force, no_delays
from tests.docs.blocks import blocks

README = Path(__file__).parents[2] / "README.md"
LINES = 12


class Kitchen:
    """The other side of the example's client."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.asked = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        self.asked += 1
        if self.status is None:
            raise httpx.ConnectError("connection refused")
        return httpx.Response(self.status, json={"dishes": ["soup"]})


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], Kitchen]:
    kitchen, real = Kitchen(), httpx.AsyncClient
    transport = httpx.MockTransport(kitchen.answer)
    with monkeypatch.context() as patched:
        patched.setattr(httpx, "AsyncClient", lambda **settings: real(transport=transport, **settings))
        namespace: dict[str, Any] = {"__name__": "example"}
        exec(next(blocks(README.read_text(encoding="utf-8"))).code, namespace)
    return namespace, kitchen


async def _get(namespace: dict[str, Any]) -> Any:
    transport = httpx.ASGITransport(namespace["app"])
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return (await client.get("/menu")).raise_for_status().json()


def test_the_example_is_short() -> None:
    code = next(blocks(README.read_text(encoding="utf-8"))).code
    assert len([line for line in code.splitlines() if line.strip()]) <= LINES


async def test_five_failed_calls_open_the_circuit(example: tuple[dict[str, Any], Kitchen]) -> None:
    namespace, kitchen = example
    with no_delays():
        answers = [await _get(namespace) for _ in range(8)]
    assert answers == [{"dishes": []}] * 8
    assert kitchen.asked == 5 * 3  # the last three were not tried
    assert namespace["menu"].breaker.state == "OPEN"
    assert 59 < namespace["menu"].breaker.retry_after <= 60  # "for a minute"


async def test_one_call_finds_out_that_it_is_back(example: tuple[dict[str, Any], Kitchen]) -> None:
    namespace, kitchen = example
    force(namespace["menu"].breaker, "HALF-OPEN")
    kitchen.status = 200
    assert await _get(namespace) == {"dishes": ["soup"]}
    assert namespace["menu"].breaker.state == "CLOSED"


@pytest.mark.parametrize(("status", "asked"), [(503, 3), (404, 1)])
async def test_a_503_is_tried_again_and_a_404_is_not(
    example: tuple[dict[str, Any], Kitchen], status: int, asked: int
) -> None:
    namespace, kitchen = example
    kitchen.status = status
    with no_delays():
        assert await _get(namespace) == {"dishes": []}
    assert kitchen.asked == asked
