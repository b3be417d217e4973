"""The lines a breaker logs: opening and would-open at WARNING, the rest at INFO, with the facts in ``extra``."""

from __future__ import annotations

from .enums import BreakerState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .core import Core
    from .events import Transition


def log_transition(breaker: Core, made: Transition) -> None:
    """One line; nothing is formatted when nobody listens."""
    from logging import INFO, WARNING, getLogger

    log = getLogger("recovery.breaker")
    would_open = made.before is BreakerState.METRICS_ONLY and made.after is BreakerState.OPEN  # no move of the table
    opening = made.after is BreakerState.OPEN and made.before is not BreakerState.FORCED_OPEN  # a release is no opening
    level = WARNING if opening else INFO
    if not log.isEnabledFor(level):
        return
    extra = {
        "breaker": breaker.name,
        "service_name": breaker.service_name,
        "before": made.before.value,
        "after": made.after.value,
        "cause": made.cause,
        "evidence": made.evidence,
        "actor": made.actor,
        "sequence": made.sequence,
    }
    text = "circuit breaker %r would have opened: %s" if would_open else "circuit breaker %r: %s -> %s, %s"
    args = (breaker.name, made.cause) if would_open else (breaker.name, made.before.value, made.after.value, made.cause)
    log.log(level, text, *args, extra=extra)


def log_configured(breaker: Core, changes: dict[str, tuple[Any, Any]], reason: str, actor: str) -> None:
    """One line about a new configuration: it is no transition, so it stands nowhere else."""
    from logging import INFO, getLogger

    log = getLogger("recovery.breaker")
    if changes and log.isEnabledFor(INFO):
        extra = {"breaker": breaker.name, "changes": changes, "reason": reason, "actor": actor}
        log.info("circuit breaker %r: configured, %s", breaker.name, ", ".join(changes), extra=extra)
