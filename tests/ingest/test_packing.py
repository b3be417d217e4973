"""Slices as they are stored."""

from __future__ import annotations

import pytest

from recovery import wire
from recovery.ingest.packing import pack, unpack


def test_a_slice_comes_back_as_it_was() -> None:
    breakers = tuple(
        wire.BreakerSlice(
            name=f"bank-{number}",
            state="HALF-OPEN",
            successes=number,
            latency=((20, 5), (21, 7)),
            tape=((1, 2, 3), (4, 5, 1)),
            cut=True,
            lost=9,
        )
        for number in range(20)
    )
    operation = wire.OperationSlice(name="fetch", by_reason={"timeout": 3}, delay_seconds_total=0.5)
    sent = wire.Slice(
        slot=7, start=70.25, seconds=60, breakers=breakers, operations=(operation,), client=wire.ClientHealth(waiting=1)
    )
    blob = pack(sent)
    assert unpack(blob) == sent
    assert unpack(memoryview(blob)) == sent
    assert len(blob) < 600


def test_another_form_is_named() -> None:
    with pytest.raises(ValueError, match="form"):
        unpack(b"\x02abc")
