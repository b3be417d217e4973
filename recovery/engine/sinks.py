"""Who else wants to know of failures. The hot path asks ``if sinks.active`` and pays nothing while nobody does."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .context import ErrorContext, ErrorReport
    from .dispatch import Outlet
    from .enums import ErrorSeverity

    Sink = Callable[[ErrorReport], object]

active: tuple[Outlet, ...] = ()
"""One outlet per sink; empty when there is none."""

_REPORTED = "__recovery_reported__"


def add_sink(sink: Sink, capacity: int = 1000) -> Outlet:
    """Send a scrubbed ErrorReport of every failed attempt and every recorded breaker failure to ``sink(report)``.

    The sink runs on the dispatcher's thread; at most ``capacity`` reports wait for it, and the outlet that comes back
    counts those dropped. Adding a sink again changes nothing. Raises TypeError when it cannot be called.
    """
    global active
    from .dispatch import Outlet

    for outlet in active:
        if outlet.receive == sink:
            return outlet
    outlet = Outlet(sink, capacity)
    active = (*active, outlet)
    _tell_breakers()
    return outlet


def remove_sink(sink: Sink) -> None:
    """Send nothing more to this sink, not even what waits; nothing happens when it is none."""
    global active
    for outlet in active:
        if outlet.receive == sink:
            outlet.close()
    active = tuple(outlet for outlet in active if not outlet.closed)
    _tell_breakers()


def _tell_breakers() -> None:
    """While a sink listens, breakers count failures the way that reports them (see ``Period.raised``)."""
    from . import registry

    registry.renew()


def offer_failure(
    exception: BaseException,
    *,
    operation_name: str,
    service_name: str | None,
    severity: ErrorSeverity,
    attempt: int | None,
    will_retry: bool,
    context: ErrorContext | Mapping[str, Any] | None = None,
) -> None:
    """Offer a report of one failure to every sink; never raises. ``attempt`` None: a breaker recorded it.

    A failure that a retry and a breaker both see is reported once, by whoever sees it first.
    """
    try:
        if not active or _seen(exception, operation_name, attempt):
            return
        if all(outlet.full for outlet in active):  # a storm: don't build what nobody takes
            report = None
        else:
            from .reports import context_of, make_report

            where = context_of(context, operation_name, service_name)
            report = make_report(exception, severity, where, attempt=attempt, will_retry=will_retry)
        for outlet in active:
            outlet.offer(report)
    except Exception:
        from logging import getLogger

        getLogger("recovery.reporting").warning("a failure could not be reported to the sinks", exc_info=True)


def _seen(exception: BaseException, operation_name: str, attempt: int | None) -> bool:
    """Has this failure been offered? The mark lives on the exception, so it is gone when that is.

    The same object may be raised again and again (a constant, a mock's ``side_effect``): what reported it before counts
    it anew, only the *other* kind of reporter, or another breaker, leaves it out.
    """
    by = ("retry", "") if attempt is not None else ("breaker", operation_name)
    before = getattr(exception, _REPORTED, None)
    if before is not None and (before[0] == "breaker" if attempt is not None else before != by):
        return True
    try:
        BaseException.__setattr__(exception, _REPORTED, by)
    except Exception:  # it takes no attributes: reported twice is better than not at all
        return False
    return False
