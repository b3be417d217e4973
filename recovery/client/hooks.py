"""What the console may ask of the process beside its breakers: restart, run a check, ship other logs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from recovery.engine.scrub import scrub_text
from recovery.wire import CheckResult, LogLevelAct, RestartAct, RunCheckAct

from .config import Check, Options
from .directives import Hooks
from .logs import LogHandler
from .reporter import Reporter
from .texts import clean

_log = logging.getLogger("recovery.client")


class ProcessHooks(Hooks):
    """Restart and checks run on threads of their own: they may take as long as they like."""

    def __init__(self, options: Options, reporter: Reporter) -> None:
        self._options = options
        self._reporter = reporter
        self.handler: LogHandler | None = None
        self._back: tuple[float, int] | None = None  # when (timeline) the handler goes back to which level

    def attach(self) -> None:
        """Begin to ship logs, where that was asked for."""
        if self._options.logs is not None:
            self.handler = LogHandler(self._reporter.timeline, self._reporter.inbox, self._options.logs)
            logging.getLogger().addHandler(self.handler)

    def detach(self) -> None:
        """Ship no more logs."""
        if self.handler is not None:
            logging.getLogger().removeHandler(self.handler)
            self.handler = None

    def restart(self, act: RestartAct) -> str:
        """Call the restart function, after its delay."""
        restart = self._options.restart
        if restart is None:
            return super().restart(act)
        timer = threading.Timer(act.delay, _guarded, ("restart", restart))
        timer.daemon = True
        timer.name = "recovery-restart"
        timer.start()
        return ""

    def run_check(self, act: RunCheckAct) -> str:
        """Run a check; its result is an event."""
        check = self._options.checks.get(act.check)
        if check is None:
            return super().run_check(act)
        threading.Thread(target=self._check, args=(act, check), name="recovery-check", daemon=True).start()
        return ""

    def log_level(self, act: LogLevelAct) -> str:
        """Ship from another level on, perhaps for a while."""
        if self.handler is None or self._options.logs is None:
            return super().log_level(act)
        self.handler.follow(act.logger, act.level)
        now = self._reporter.timeline.now()
        self._back = (now + act.seconds, self._options.logs) if act.seconds else None
        return ""

    def second(self) -> None:
        """Undo what was asked for a while only."""
        if self._back is not None and self.handler is not None and self._reporter.timeline.now() >= self._back[0]:
            self.handler.follow("", self._back[1])
            self._back = None

    def _check(self, act: RunCheckAct, check: Check) -> None:
        began = time.monotonic()
        try:
            answer = check()
            healthy, detail = answer is not False, "" if isinstance(answer, bool | None) else str(answer)
        except Exception as error:
            healthy, detail = False, f"{type(error).__name__}: {error}"
        result = CheckResult(
            seq=0,
            at=self._reporter.timeline.now(),
            check=act.check,
            run=act.run,
            healthy=healthy,
            seconds=time.monotonic() - began,
            detail=clean(scrub_text(detail)),
        )
        self._reporter.inbox.offer(result)


def _guarded(what: str, function: Callable[[], object]) -> None:
    try:
        function()
    except Exception:
        _log.exception("the %s function raised", what)
