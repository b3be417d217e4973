"""The lines a retry logs to ``recovery.retry``: each retry at INFO, giving up at WARNING, facts in ``extra``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from logging import Logger
    from typing import Any

    from .operation import Operation
    from .run import Run

_INFO, _WARNING = 20, 30
_logger: Logger | None = None  # ``logging`` costs 12 ms to import: not before the first failure


def _made() -> Logger:
    global _logger, listens
    from logging import getLogger

    _logger = getLogger("recovery.retry")
    listens = _logger.isEnabledFor
    return _logger


def _listens_at_first(level: int) -> bool:
    return _made().isEnabledFor(level)


listens: Callable[[int], bool] = _listens_at_first  # does anybody listen at this level? Then the logger's own method


def log_retry(operation: Operation, run: Run, exc: BaseException | None, delay: float) -> None:
    """Another attempt will follow; nothing is formatted when nobody listens."""
    log = _logger or _made()
    if log.isEnabledFor(_INFO):
        facts = _facts(operation, run, exc) | {"delay": delay}
        text = "%s: attempt %d of %d failed (%s), next one in %.3g s"
        log.info(text, operation.name, run.made, run.config.max_attempts, facts["error"], delay, extra=facts)


def log_give_up(operation: Operation, run: Run, exc: BaseException | None) -> None:
    """No attempt will follow."""
    log = _logger or _made()
    if log.isEnabledFor(_WARNING):
        facts = _facts(operation, run, exc) | {"why": run.why}
        text = "%s: gave up at attempt %d of %d (%s): %s"
        log.warning(text, operation.name, run.made, run.config.max_attempts, facts["error"], run.why, extra=facts)


def log_raised(what: str, operation: Operation) -> None:
    """Something handed in by the user raised while it was asked; called inside ``except``."""
    log_trouble(f"{what} of {operation.name} raised", operation=operation.name)


def log_trouble(text: str, *, raised: bool = True, **facts: Any) -> None:
    """The same without an operation at hand, or (``raised`` False) without an exception."""
    (_logger or _made()).warning(text, exc_info=raised, extra=facts)


def _facts(operation: Operation, run: Run, exc: BaseException | None) -> dict[str, Any]:
    error = "a refused value" if exc is None else _in_one_line(exc)
    return {
        "operation": operation.name,
        "service_name": operation.service_name,
        "attempt": run.made,
        "max_attempts": run.config.max_attempts,
        "error": error,
    }


def _in_one_line(exc: BaseException) -> str:
    """Type and text: bounded, scrubbed, without line breaks, whatever its ``__str__`` does."""
    from .events import bounded
    from .facts import text_of
    from .scrub import scrub_text

    text = bounded(" ".join(scrub_text(text_of(exc)).split()))
    return f"{type(exc).__name__}: {text}" if text else type(exc).__name__
