"""The one place that sleeps between attempts, and the switch that lets tests not sleep at all."""

from __future__ import annotations

from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .clock import Clock

_lock = allocate_lock()
_depth = 0  # how many no_delays() are in force, in all threads together


def pause(clock: Clock, seconds: float) -> None:
    """Block the thread for ``seconds``. Zero sleeps not at all: ``time.sleep(0)`` costs 80 microseconds."""
    if seconds > 0.0 and not _depth:
        clock.sleep(seconds)


async def apause(clock: Clock, seconds: float) -> None:
    """Suspend the task for ``seconds``; zero does not even yield."""
    if seconds > 0.0 and not _depth:
        await clock.asleep(seconds)


class NoDelays:
    """Context manager: while one is entered, nobody in the process sleeps between attempts. Nests; may be reused."""

    __slots__ = ()

    def __enter__(self) -> None:
        """One more."""
        _shift(1)

    def __exit__(self, *_exc: object) -> None:
        """One less, also after an error."""
        _shift(-1)


def _shift(by: int) -> None:
    global _depth
    with _lock:
        _depth += by
