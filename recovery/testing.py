"""Helpers for tests of services that use Recovery.

* ``FakeClock(start=0.0)`` — a clock for every ``clock=``; ``advance(seconds)`` moves it, sleeping on it takes no time.
* ``no_delays()`` — ``with no_delays():`` retries do not sleep, anywhere in the process; nests, restores on error.
* ``force(breaker, state)`` — bring a breaker into a state.
* ``drain(timeout=5.0)`` — wait until listeners and sinks are up to date.

This module is also a pytest plugin that is found by itself. Its fixtures: ``recovery_clock`` (a FakeClock),
``recovery_no_delays``, ``recovery_force`` (``force``, undone when the test ends) and ``recovery_drain`` (``drain``).
"""

from __future__ import annotations

import sys

from ._testing.clock import FakeClock
from ._testing.states import force
from .engine.dispatch import drain
from .engine.pause import NoDelays

__all__ = ["FakeClock", "drain", "force", "no_delays"]

if "pytest" in sys.modules:  # as a plugin; in a script this module must not need pytest
    from ._testing.fixtures import recovery_clock, recovery_drain, recovery_force, recovery_no_delays

    __all__ += ["recovery_clock", "recovery_drain", "recovery_force", "recovery_no_delays"]


def no_delays() -> NoDelays:
    """A context manager: while it is entered, retries do not sleep between attempts, in all threads and tasks."""
    return NoDelays()
