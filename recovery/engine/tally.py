"""What decides: the streak of failures and the window, and whether they cross a threshold.

Pure but for its own figures: it is told of failures and slow calls and reads how many successes there were, so it can
be fed without a call (n successes are one addition).
"""

from __future__ import annotations

from .history import TAPE
from .window import NEVER, CountWindow, TimeWindow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .breaker_config import BreakerConfig
    from .window import Window


class Crossing:
    """A threshold was crossed: why, in words, and the counts that show it."""

    __slots__ = ("cause", "evidence")

    def __init__(self, cause: str, evidence: dict[str, Any]) -> None:
        self.cause = cause
        self.evidence = evidence


class Tally:
    """Streak and window. ``successes`` and ``failures`` in its methods are the counters of the present period."""

    __slots__ = ("config", "mark", "noted", "offset", "streak", "threshold", "window")

    def __init__(self, config: BreakerConfig, at: int) -> None:
        self._judge_by(config)
        self.offset = 0  # calls settled in earlier periods that this tally was kept through
        self.streak = 0
        self.mark = 0  # successes at the last failure: unmoved means that the streak goes on
        self._fresh_window(at, 0)

    def _judge_by(self, config: BreakerConfig) -> None:
        self.config = config
        self.threshold = NEVER if config.failure_threshold is None else config.failure_threshold
        # Every failure goes into the window at once; otherwise it is found on the tape when somebody looks.
        rates = config.failure_rate is not None or config.slow_call_rate is not None
        self.noted = rates or config.window_size > TAPE

    def _fresh_window(self, at: int, total: int) -> None:
        config = self.config
        self.window: Window
        if config.window == "count":
            self.window = CountWindow(config.window_size, total)
        else:
            self.window = TimeWindow(config.window_size, at, total)

    def adopt(self, config: BreakerConfig, successes: int, failures: int, at: int) -> None:
        """Judge by ``config`` from now on; a window whose kind or size changed starts empty."""
        before = self.config
        self._judge_by(config)
        if (before.window, before.window_size) != (config.window, config.window_size):
            self._fresh_window(at, self.offset + successes + failures)

    def carry(self, successes: int, failures: int) -> None:
        """The period ended but the window is kept: what it counted becomes the base of the next."""
        self.offset += successes + failures
        self.mark -= successes

    def failure(self, successes: int, failures: int, at: int, slow: bool) -> bool:
        """Note a failure (``failures`` counts it already); whether it is worth asking :meth:`crossed`."""
        if successes == self.mark:
            self.streak += 1
        elif successes > self.mark:  # else a later failure was quicker to be counted, without the lock
            self.streak = 1
            self.mark = successes
        self.window.add(self.offset + successes + failures, at, True, slow)
        return self.noted or self.streak >= self.threshold

    def late_note(self, number: int) -> None:
        """Note in the window the failure that was call ``number`` of all (:attr:`offset` included), counted already."""
        if isinstance(self.window, CountWindow):
            self.window.add(number, 0, True, False)

    def slow_success(self, successes: int, failures: int, at: int) -> None:
        """Note a slow call that succeeded (``successes`` counts it already)."""
        self.window.add(self.offset + successes + failures, at, False, True)

    def probed(self, failed: bool) -> None:
        """A probe came back: it goes on with the streak or ends it, and leaves the window alone."""
        self.streak = self.consecutive(0) + 1 if failed else 0
        self.mark = 0

    def consecutive(self, successes: int) -> int:
        """The present streak of failures."""
        return self.streak if successes == self.mark else 0

    def figures(self, successes: int, failures: int, at: int) -> tuple[int, int, int]:
        """Calls, failures and slow calls in the window now."""
        return self.window.figures(self.offset + successes + failures, at)

    def crossed(self, successes: int, failures: int, at: int) -> Crossing | None:
        """The threshold that is crossed now, if any. Compares with ``>=``."""
        streak = self.consecutive(successes)
        if streak < self.threshold and not self.noted:
            return None
        return self.judged(streak, *self.figures(successes, failures, at))

    def judged(self, streak: int, calls: int, failed: int, slow: int) -> Crossing | None:
        """The threshold that such figures cross, if any."""
        config = self.config
        cause = ""
        if streak >= self.threshold:
            cause = f"{streak} failure{'s' * (streak != 1)} in a row"
        elif calls < config.least_calls:
            return None
        elif config.failure_rate is not None and failed * 100 >= config.failure_rate * calls:
            cause = _share("failed", failed, calls, config.failure_rate)
        elif config.slow_call_rate is not None and slow * 100 >= config.slow_call_rate * calls:
            cause = _share("slow", slow, calls, config.slow_call_rate)
        return Crossing(cause, evidence_of(streak, calls, failed, slow)) if cause else None

    def evidence(self, successes: int, failures: int, at: int) -> dict[str, Any]:
        """The counts behind a decision."""
        return evidence_of(self.consecutive(successes), *self.figures(successes, failures, at))


def evidence_of(streak: int, calls: int, failed: int, slow: int) -> dict[str, Any]:
    """The counts behind a decision, by name."""
    return {"consecutive_failures": streak, "calls": calls, "failures": failed, "slow": slow}


def _share(what: str, count: int, calls: int, limit: float) -> str:
    return f"{count * 100 / calls:.3g} % {what} ({count} of {calls} calls, limit {limit:g} %)"
