"""Offers are quick, ordered, bounded, and never raise."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from recovery.engine import dispatch
from recovery.engine.dispatch import Outlet, drain
from recovery.engine.dispatcher import THE_DISPATCHER


class Gate:
    """A receiver that waits at a gate."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.reached = threading.Event()
        self.got: list[object] = []

    def __call__(self, item: object) -> None:
        self.reached.set()
        assert self.open.wait(10)
        self.got.append(item)


def test_items_arrive_in_order_on_the_dispatchers_thread() -> None:
    got: list[tuple[int, str]] = []
    outlet = Outlet(lambda item: got.append((item, threading.current_thread().name)))
    assert all(outlet.offer(n) for n in range(100))
    assert drain()
    assert [(n, "recovery-dispatch") for n in range(100)] == got
    assert outlet.dropped == outlet.waiting == 0


def test_order_holds_across_outlets() -> None:
    got: list[object] = []
    first, second = Outlet(got.append), Outlet(got.append)
    for n in range(10):
        (first if n % 2 else second).offer(n)
    assert drain()
    assert list(range(10)) == got


def test_a_full_outlet_drops_and_counts() -> None:
    gate = Gate()
    outlet = Outlet(gate, capacity=2)
    assert outlet.offer("delivered now")
    assert gate.reached.wait(10)
    assert outlet.offer("waits")
    assert outlet.full
    assert not outlet.offer("dropped")
    assert not outlet.offer("dropped")
    assert outlet.dropped == 2
    gate.open.set()
    assert drain()
    assert gate.got == ["delivered now", "waits"]
    assert not outlet.full
    assert outlet.offer("again")
    assert drain()


def test_one_full_outlet_does_not_stop_another_from_being_offered() -> None:
    gate, got = Gate(), list[object]()
    slow, quick = Outlet(gate, capacity=1), Outlet(got.append)
    slow.offer(1)
    assert not slow.offer(2)
    assert quick.offer(3)
    gate.open.set()
    assert drain()
    assert got == [3]


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(1)])
def test_a_raising_receiver_stops_nothing(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    got: list[object] = []

    def raising(item: object) -> None:
        raise error

    bad, good = Outlet(raising), Outlet(got.append)
    with caplog.at_level(logging.ERROR, "recovery.dispatch"):
        for n in range(3):
            bad.offer(n)
            good.offer(n)
        assert drain()
    assert got == [0, 1, 2]
    assert len(caplog.records) == 1


def test_each_type_of_exception_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    def raising(kind: type[Exception]) -> None:
        raise kind

    outlet, other = Outlet(raising), Outlet(raising)
    with caplog.at_level(logging.ERROR, "recovery.dispatch"):
        for kind in (ValueError, TypeError, ValueError, TypeError):
            outlet.offer(kind)
        other.offer(ValueError)
        assert drain()
    assert len(caplog.records) == 3


def test_a_closed_outlet_delivers_nothing_more_not_even_what_waits() -> None:
    gate = Gate()
    outlet = Outlet(gate)
    outlet.offer(1)
    assert gate.reached.wait(10)
    outlet.offer(2)
    outlet.close()
    assert not outlet.offer(3)
    gate.open.set()
    assert drain()
    assert gate.got == [1]
    assert outlet.dropped == 0


def test_a_receiver_may_offer() -> None:
    got: list[object] = []

    def receive(item: int) -> None:
        got.append(item)
        if item:
            outlet.offer(item - 1)

    outlet = Outlet(receive)
    outlet.offer(3)
    while drain() and len(got) < 4:
        pass
    assert got == [3, 2, 1, 0]


def test_drain_gives_up_and_says_so() -> None:
    gate = Gate()
    outlet = Outlet(gate)
    outlet.offer(1)
    assert not drain(timeout=0.01)
    gate.open.set()
    assert drain()


def test_a_receiver_that_drains_does_not_wait_for_itself() -> None:
    answers: list[bool] = []
    outlet = Outlet(lambda _: answers.append(drain(60)))
    outlet.offer(1)
    assert drain()
    assert answers == [False]


def test_nothing_delivered_is_kept_alive() -> None:
    class Item:
        pass

    item = Item()
    gone = weakref.ref(item)
    Outlet(lambda _: None).offer(item)
    del item
    assert drain()
    gc.collect()
    assert gone() is None


def test_many_threads_lose_nothing() -> None:
    got: list[object] = []
    outlet = Outlet(got.append, capacity=100_000)
    threads = [threading.Thread(target=lambda: [outlet.offer(n) for n in range(2_000)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drain(30)
    assert len(got) == 16_000


def test_many_threads_drop_exactly_what_does_not_fit() -> None:
    gate = Gate()
    outlet = Outlet(gate, capacity=10)
    outlet.offer(0)
    threads = [threading.Thread(target=lambda: [outlet.offer(n) for n in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gate.open.set()
    assert drain()
    assert len(gate.got) == 10
    assert outlet.dropped == 1_991


def test_without_a_thread_to_be_had_an_offer_waits_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    got: list[object] = []
    outlet = Outlet(got.append)
    assert drain()
    with monkeypatch.context() as without:
        without.setattr(threading.Thread, "start", refuse)
        THE_DISPATCHER.begin_afresh()
        assert outlet.offer(1)
    assert outlet.offer(2)
    assert drain()
    assert got == [1, 2]


@pytest.mark.parametrize("capacity", [0, -1, 1.5, True, None, "3"])
def test_a_capacity_out_of_range_is_refused(capacity: Any) -> None:
    with pytest.raises(ValueError, match="capacity must be a whole number >= 1, got"):
        Outlet(print, capacity)


def test_a_receiver_that_cannot_be_called_is_refused() -> None:
    receive: Callable[[Any], object] = "sink"  # type: ignore[assignment]
    with pytest.raises(TypeError, match="got str"):
        Outlet(receive)


def test_drain_before_the_first_outlet_is_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_dispatcher", None)
    assert drain()
