"""Frames: every bound holds in both directions, and what is unknown is no error."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery import wire
from recovery.wire import limits


def _refused(frame: bytes | str) -> wire.WireError:
    with pytest.raises(wire.WireError) as caught:
        wire.decode(frame)
    return caught.value


def _hello(**changes: Any) -> dict[str, Any]:
    return {"kind": "hello", "process": "p", "protocol": [1, 1], "clock": 1.0} | changes


def test_unknown_fields_are_ignored() -> None:
    assert wire.decode(json.dumps(_hello(colour={"deep": [1, 2]}))) == wire.Hello(
        process="p", protocol=(1, 1), clock=1.0
    )


def test_an_unknown_kind_is_named() -> None:
    assert wire.decode('{"kind": "dance", "how": "slowly"}') == wire.Unknown("dance")
    assert wire.decode(json.dumps({"kind": "d" * 10_000})) == wire.Unknown("d" * limits.NAME)


def test_events_of_unknown_kinds_are_counted_and_the_others_kept() -> None:
    known = {"kind": "check", "seq": 2, "at": 1.0, "check": "bank", "healthy": True}
    message = wire.decode(json.dumps({"kind": "events", "events": [{"kind": "omen", "seq": 1}, known]}))
    assert message == wire.Events(events=(wire.CheckResult(seq=2, at=1.0, check="bank", healthy=True),), skipped=1)


def test_an_unknown_act_keeps_the_id_so_that_it_can_be_refused() -> None:
    message = wire.decode('{"kind": "directive", "id": "d", "do": {"kind": "dance", "how": "slowly"}}')
    assert message == wire.Directive(id="d", do=wire.UnknownAct(name="dance"))


BAD: list[tuple[bytes | str, str, str]] = [
    (b"", "not_json", "frame"),
    (b"{", "not_json", "frame"),
    (b'{"kind": "bye"', "not_json", "frame"),
    (b"\x00\x01\x02\xff", "not_json", "frame"),
    (b'{"kind": "bye", "text": "\xff"}', "not_json", "frame"),
    (b'{"kind": "bye", "text": "\\ud800"}', "not_json", "frame"),
    ('{"kind": "bye", "text": "\ud800"}', "not_json", "frame"),
    (b'{"kind": "bye", "text": "\\u0000"}', "bad_text", "frame"),
    (b"[" * 100_000, "too_deep", "frame"),
    (b'{"kind": "hello", "x": ' + b"[" * 100_000, "too_deep", "frame"),
    (b" " * (limits.FRAME_BYTES + 1), "too_big", "frame"),
    ("é" * limits.FRAME_BYTES, "too_big", "frame"),
    (b"[]", "invalid", "frame"),
    (b'"hello"', "invalid", "frame"),
    (b"{}", "invalid", "frame"),
    (b'{"kind": 7}', "invalid", "kind"),
    (json.dumps(_hello(process="")), "invalid", "process"),
    (json.dumps(_hello(process=7)), "invalid", "process"),
    (json.dumps(_hello(process="p" * 201)), "too_long", "process"),
    (json.dumps(_hello(clock=-1)), "invalid", "clock"),
    (json.dumps(_hello(clock=1e300)), "invalid", "clock"),
    (json.dumps(_hello(clock=float("nan"))), "not_json", "frame"),
    (json.dumps(_hello(pid=10**30)), "invalid", "pid"),
    (json.dumps(_hello(pid=True)), "invalid", "pid"),
    (json.dumps(_hello(protocol=[1])), "invalid", "protocol"),
    (json.dumps(_hello(labels={str(n): "" for n in range(65)})), "too_long", "labels"),
    (json.dumps({"kind": "ack", "slots": list(range(1001))}), "too_long", "slots"),
    (json.dumps({"kind": "ack", "slots": [1, 2, -3]}), "invalid", "slots[2]"),
]


@pytest.mark.parametrize(("frame", "code", "field"), BAD, ids=[f"{code}-{n}" for n, (_, code, _) in enumerate(BAD)])
def test_a_bad_frame_is_refused_with_the_field(frame: bytes | str, code: str, field: str) -> None:
    error = _refused(frame)
    assert (error.code, error.field) == (code, field)


def test_a_refusal_says_value_and_what_is_legal() -> None:
    error = _refused(json.dumps({"kind": "ack", "slots": [1, 2, -3, 4]}))
    assert (error.value, error.legal) == ("-3", "int >= 0")
    assert str(error) == "slots[2]: expected int >= 0, got -3"
    long = _refused(json.dumps(_hello(process="p" * 10_000)))
    assert len(str(long)) < 200


def test_a_literal_backslash_u_is_no_nul() -> None:
    assert wire.decode(r'{"kind": "bye", "text": "\\u0000"}') == wire.Bye(text=r"\u0000")


def _nested(levels: int) -> Any:
    return {"x": _nested(levels - 1)} if levels else 1


def _error(**changes: Any) -> wire.Error:
    given: dict[str, Any] = {
        "seq": 1,
        "at": 1.0,
        "id": "i",
        "fingerprint": "f",
        "severity": "high",
        "title": "t",
        "message": "m",
    }
    return wire.Error(**(given | {"exception_type": "E", "operation": "o"} | changes))


def test_a_context_is_bounded_in_depth_and_size() -> None:
    assert wire.encode(wire.Events(events=(_error(context=_nested(limits.NESTING)),)))
    for context, code in ((_nested(limits.NESTING + 1), "too_deep"), ({"x": list(range(2000))}, "too_long")):
        with pytest.raises(wire.WireError) as caught:
            wire.encode(wire.Events(events=(_error(context=context),)))
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (wire.Bye(text="x" * 2001), "too_long"),
        (wire.Bye(text="\ud800"), "not_json"),
        (wire.Bye(text="\0"), "bad_text"),
        (wire.Bye(retry_after=-1.0), "invalid"),
        (wire.Beat(clock=float("nan")), "invalid"),
        (wire.Events(events=(_error(context={"x": object()}),)), "not_json"),
        (wire.Events(events=(_error(context={"x": "y" * limits.FRAME_BYTES}),)), "too_big"),
    ],
)
def test_what_would_be_refused_is_not_sent(message: wire.Message, code: str) -> None:
    with pytest.raises(wire.WireError) as caught:
        wire.encode(message)
    assert caught.value.code == code


def _breaker(number: int) -> wire.BreakerDeclared:
    return wire.BreakerDeclared(name=f"b{number}", state="CLOSED", since=1.0, cause="c" * 150)


def test_a_big_declaration_is_split_and_loses_nothing() -> None:
    breakers = tuple(map(_breaker, range(5000)))
    operations = tuple(wire.OperationDeclared(name=f"o{n}") for n in range(2500))
    frames = wire.encode(wire.Declare(breakers=breakers, operations=operations))
    parts = [wire.decode(frame) for frame in frames]
    assert max(map(len, frames)) <= limits.FRAME_BYTES
    assert len(frames) > 3
    assert tuple(b for part in parts for b in getattr(part, "breakers", ())) == breakers
    assert tuple(o for part in parts for o in getattr(part, "operations", ())) == operations


def test_a_big_slice_is_split_into_numbered_parts() -> None:
    tape = tuple((n, n, 1) for n in range(limits.TAPE))
    whole = wire.Slice(
        slot=7,
        start=70.0,
        breakers=tuple(wire.BreakerSlice(name=f"b{n}", state="OPEN", tape=tape) for n in range(200)),
        client=wire.ClientHealth(waiting=1),
    )
    parts = [wire.decode(frame) for frame in wire.encode(whole)]
    assert all(isinstance(part, wire.Slice) for part in parts)
    slices = [part for part in parts if isinstance(part, wire.Slice)]
    assert [(s.part, s.parts) for s in slices] == [(n, len(slices)) for n in range(len(slices))]
    assert [s.client is not None for s in slices] == [True] + [False] * (len(slices) - 1)
    assert tuple(b for s in slices for b in s.breakers) == whole.breakers


def test_a_big_desired_state_is_split_over_welcomes() -> None:
    holds = tuple(wire.Hold(breaker=f"b{n}", kind="trip", reason="r" * 500) for n in range(2000))
    frames = wire.encode(wire.Welcome(protocol=1, clock=1.0, desired=wire.Desired(revision=4, holds=holds)))
    parts = [part for part in map(wire.decode, frames) if isinstance(part, wire.Welcome)]
    assert [(p.part, p.parts) for p in parts] == [(n, len(frames)) for n in range(len(frames))]
    assert tuple(h for p in parts if p.desired for h in p.desired.holds) == holds


def test_lines_carry_frames_in_bounded_bodies() -> None:
    frames = [frame for _ in range(40) for frame in wire.encode(wire.Bye(text="t" * 2000)) * 20]
    bodies = wire.encode_lines(frames)
    assert max(map(len, bodies)) <= limits.BODY_BYTES
    assert sum(len(wire.decode_lines(body)) for body in bodies) == len(frames)
    with pytest.raises(wire.WireError, match="body"):
        wire.decode_lines(b" " * (limits.BODY_BYTES + 1))
    assert wire.encode_lines([]) == []


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_frame_is_a_message_or_a_wire_error(frame: bytes | str) -> None:
    with suppress(wire.WireError):
        wire.decode(frame)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_keys = st.sampled_from(
    ["process", "protocol", "clock", "events", "breakers", "slots", "seq", "do", "id", "text", "slot"]
)


@given(st.sampled_from(sorted(wire.KINDS)), st.dictionaries(_keys, _json, max_size=6))
def test_any_object_of_a_known_kind_is_a_message_or_a_wire_error(kind: str, fields: dict[str, Any]) -> None:
    with suppress(wire.WireError):
        assert not isinstance(wire.decode(json.dumps({**fields, "kind": kind})), wire.Unknown)


@pytest.mark.parametrize(
    ("offered", "spoken", "version"),
    [((1, 1), (1, 1), 1), ((1, 3), (1, 2), 2), ((2, 3), (1, 1), None), ((1, 1), (2, 3), None), ((1, 9), (2, 4), 4)],
)
def test_the_newest_common_version_is_chosen(
    offered: tuple[int, int], spoken: tuple[int, int], version: int | None
) -> None:
    assert wire.chosen(offered, spoken) == version
