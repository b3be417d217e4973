"""Plain code: coroutines are driven directly; one that really suspends runs in a loop on a helper thread."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from contextvars import ContextVar
from typing import Any

import pytest

from recovery.engine.drive import drive, drive_within
from recovery.engine.retry import ErrorRecoveryManager, ExponentialBackoffStrategy, retry
from recovery.engine.types import RetryReason
from tests.engine.retry.helpers import CONTEXT, NO_WAIT, Handler, Reporter, failing

HERE = threading.get_ident


async def never_waits() -> int:
    return HERE()


async def waits() -> tuple[int, int]:
    before = HERE()
    await asyncio.sleep(0.001)
    return before, HERE()


def test_what_never_waits_runs_in_the_callers_thread() -> None:
    assert drive(never_waits()) == HERE()


def test_what_waits_goes_on_in_a_helper_thread() -> None:
    before, after = drive(waits())
    assert before == HERE()
    assert after != HERE()


async def test_it_works_inside_a_running_loop_too() -> None:
    loop = asyncio.get_running_loop()
    assert drive(waits())[0] == HERE()
    assert asyncio.get_running_loop() is loop


async def times_out() -> None:
    async with asyncio.timeout(0.001):
        await asyncio.Event().wait()


async def fails_late() -> None:
    await asyncio.sleep(0)
    raise KeyError("late")


async def fails_at_once() -> None:
    raise KeyError("at once")


@pytest.mark.parametrize(
    ("function", "error"), [(times_out, TimeoutError), (fails_late, KeyError), (fails_at_once, KeyError)]
)
def test_what_it_raises_is_raised(function: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        drive(function())


async def keeps_its_task() -> bool:
    async with asyncio.timeout(5):
        task = asyncio.current_task()
        await asyncio.sleep(0)
        return task is asyncio.current_task()


async def uses_more() -> list[Any]:
    lock = asyncio.Lock()
    async with lock:
        return await asyncio.gather(asyncio.to_thread(lambda: 1), asyncio.wait_for(asyncio.sleep(0, 2), 5))


async def looks_only() -> int:
    task = asyncio.current_task()
    assert task is not None
    return task.cancelling()


async def leaves_one_behind() -> int:
    asyncio.create_task(asyncio.sleep(60))  # noqa: RUF006 - that it is left is the point
    return 3


@pytest.mark.parametrize(
    ("function", "result"), [(keeps_its_task, True), (uses_more, [1, 2]), (looks_only, 0), (leaves_one_behind, 3)]
)
def test_all_of_asyncio_may_be_used(function: Any, result: Any) -> None:
    assert drive(function()) == result
    gc.collect()


def test_an_awaitable_that_is_no_coroutine() -> None:
    class Later:
        def __await__(self) -> Any:
            return (yield from asyncio.sleep(0, 5).__await__())

    assert drive(Later()) == 5


def test_the_callers_context_reaches_the_helper_thread() -> None:
    name: ContextVar[str] = ContextVar("name")
    name.set("caller")

    async def reads() -> str:
        await asyncio.sleep(0)
        return name.get()

    assert drive(reads()) == "caller"


def test_within_waits_no_longer_than_told() -> None:
    release = threading.Event()

    async def blocks() -> None:
        release.wait(10)

    assert not drive_within(blocks, 0.01)
    release.set()
    assert drive_within(never_waits, 5)
    with pytest.raises(KeyError):
        drive_within(fails_at_once, 5)


def test_a_process_without_asyncio_stays_without() -> None:
    code = """
import sys
from recovery.engine.retry import retry
from recovery.engine.drive import drive
async def f(): return 1
calls = []
@retry(max_attempts=2, base_delay=0)
def g():
    calls.append(1)
    if len(calls) < 2: raise ConnectionError
assert drive(f()) == 1
g()
print("asyncio" in sys.modules, len(calls))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "2"]


class Slow(ExponentialBackoffStrategy):
    async def get_delay(self, attempt: int, reason: RetryReason) -> float:
        await asyncio.sleep(0)
        return await super().get_delay(attempt, reason)


class SlowHandler(Handler):
    async def handle_error(self, *asked: Any) -> bool:
        await asyncio.sleep(0)
        return await super().handle_error(*asked)


def test_plain_functions_with_everything_a_user_may_hand_in() -> None:
    handler, reporter = SlowHandler(), Reporter()
    function = retry(strategy=Slow(NO_WAIT), handler=handler, reporter=reporter)(failing(2).function())
    assert function() == "ok"
    assert (len(handler.asked), reporter.severities) == (2, ["low", "medium"])


def test_the_executor_runs_plain_functions_without_a_loop() -> None:
    reporter = Reporter()
    executor = ErrorRecoveryManager(Slow(NO_WAIT), reporter)
    assert executor.call_with_retry(failing(2).function(), CONTEXT, None, 1, key=2) == "ok"
    assert reporter.severities == ["low", "medium"]
    assert executor.get_active_recoveries() == {}
