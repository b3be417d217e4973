"""Generators that are retried: until the first item as any call, after it only where ``restart=True`` says so.

``restart=True`` begins the stream again from its first item: whoever reads it sees those items twice.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator
    from typing import Any

    from .permit import Permit
    from .retrier import Retrier
    from .run import Run


def stream(retrier: Retrier, func: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """A generator function like ``func`` whose failures are retried."""

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        run = retrier.begin()
        try:
            while True:
                permit = None
                try:
                    permit = retrier.permit(run)
                    result = yield from _relay(retrier, run, func(*args, **kwargs))
                except BaseException as error:
                    _failed(retrier, run, permit, error)
                    if not isinstance(error, Exception):
                        raise
                else:
                    _succeeded(retrier, run, permit)
                    return result
                delay = retrier.decide(run) if retrier.simple else retrier.ask(run)
                if delay is None or (delay and not retrier.waited(run, delay)):
                    raise retrier.given_up(run)  # type: ignore[misc]  # a stream that failed has raised
                run.paid = False
        finally:
            _end(retrier, run)

    return wrapper


def _relay(retrier: Retrier, run: Run, inner: Any) -> Generator[Any, Any, Any]:
    """``yield from`` that notices the first item."""
    try:
        item = next(inner)
        while True:
            run.begun = not retrier.restart
            try:
                sent = yield item
            except GeneratorExit:
                inner.close()
                raise
            except BaseException as thrown:
                item = inner.throw(thrown)
            else:
                item = next(inner) if sent is None else inner.send(sent)
    except StopIteration as done:
        return done.value


def astream(retrier: Retrier, func: Callable[..., AsyncIterator[Any]]) -> Callable[..., AsyncIterator[Any]]:
    """An async generator function like ``func`` whose failures are retried."""

    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        run = retrier.begin()
        try:
            while True:
                permit = None
                try:
                    permit = retrier.permit(run)
                    inner: Any = func(*args, **kwargs)
                    step = inner.__anext__()
                    while True:
                        try:
                            item = await step
                        except StopAsyncIteration:
                            break
                        run.begun = not retrier.restart
                        try:
                            sent = yield item
                        except GeneratorExit:
                            await inner.aclose()
                            raise
                        except BaseException as thrown:
                            step = inner.athrow(thrown)
                        else:
                            step = inner.__anext__() if sent is None else inner.asend(sent)
                except BaseException as error:
                    _failed(retrier, run, permit, error)
                    if not isinstance(error, Exception):
                        raise
                else:
                    _succeeded(retrier, run, permit)
                    return
                delay = retrier.decide(run) if retrier.simple else await retrier.aask(run)
                if delay is None or (delay and not await retrier.awaited(run, delay)):
                    raise retrier.given_up(run)  # type: ignore[misc]  # a stream that failed has raised
                run.paid = False
        finally:
            _end(retrier, run)

    return wrapper


def _failed(retrier: Retrier, run: Run, permit: Permit | None, error: BaseException) -> None:
    if isinstance(error, Exception):
        run.error = error
    if retrier.guarded:
        retrier.failed_behind(permit, run, error)


def _succeeded(retrier: Retrier, run: Run, permit: Permit | None) -> None:
    if permit is not None:
        permit.success()
    retrier.succeeded(run)


def _end(retrier: Retrier, run: Run) -> None:
    run.error = run.last = None
    if run.paid and retrier.budget is not None:
        retrier.budget.refund()
