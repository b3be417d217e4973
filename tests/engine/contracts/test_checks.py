"""What is handed over is checked at once, and the text says what is wrong and what is wanted."""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Callable
from typing import Any
from unittest.mock import AsyncMock, MagicMock, create_autospec

import pytest

from recovery.engine.contracts import (
    ErrorReporter,
    RetryStrategy,
    ServiceErrorHandler,
    checked_handler,
    checked_reporter,
    checked_strategy,
)


class Strategy:
    async def should_retry(self, attempt, exception, reason):  # noqa: ANN001, ANN201
        return True

    async def get_delay(self, attempt, reason):  # noqa: ANN001, ANN201
        return 0.0

    def record_attempt(self, success, reason=None):  # noqa: ANN001
        pass


class Reporter:
    async def report_error(self, exception, severity, context):  # noqa: ANN001
        pass

    async def get_error_summary(self, hours=24):  # noqa: ANN001, ANN201
        return {}


class Handler:
    async def handle_error(self, exception, context):  # noqa: ANN001, ANN201
        return False

    def get_recovery_suggestions(self, exception):  # noqa: ANN001, ANN201
        return []


CHECKS = [(checked_strategy, Strategy), (checked_reporter, Reporter), (checked_handler, Handler)]


def passing(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


@pytest.mark.parametrize(("check", "kind"), CHECKS)
def test_the_right_shape_passes_and_comes_back(check: Callable[[Any], Any], kind: type) -> None:
    candidate = kind()
    assert candidate is check(candidate)


@pytest.mark.parametrize(("check", "_"), CHECKS)
def test_mocks_pass(check: Callable[[Any], Any], _: type) -> None:
    for mock in (AsyncMock(), MagicMock(), create_autospec(Handler, instance=True)):
        assert mock is check(mock)


@pytest.mark.parametrize(("contract", "check"), [(RetryStrategy, checked_strategy), (ErrorReporter, checked_reporter)])
def test_mocks_of_a_contract_pass(contract: type, check: Callable[[Any], Any]) -> None:
    check(MagicMock(spec=contract))
    check(AsyncMock(spec=contract))


@pytest.mark.parametrize(("check", "kind"), CHECKS)
def test_a_class_is_not_an_instance(check: Callable[[Any], Any], kind: type) -> None:
    with pytest.raises(TypeError, match=f"^{kind.__name__} is a class: hand over an instance of it"):
        check(kind)


def refusal(check: Callable[[Any], Any], candidate: object) -> str:
    with pytest.raises(TypeError) as caught:
        check(candidate)
    return str(caught.value)


def test_a_missing_method_is_named_with_the_signature_wanted() -> None:
    class Half:
        async def should_retry(self, attempt: int, exception: BaseException, reason: object) -> bool:
            return True

    assert refusal(checked_strategy, Half()) == (
        "Half is no RetryStrategy: it lacks get_delay; wanted: async def get_delay(self, attempt, reason)"
    )


@pytest.mark.parametrize("nothing", [None, 3, "handler", object()])
def test_what_is_something_else_altogether(nothing: object) -> None:
    text = refusal(checked_handler, nothing)
    assert text.startswith(f"{type(nothing).__name__} is no ServiceErrorHandler: it lacks handle_error")


def test_a_plain_def_where_a_coroutine_is_due() -> None:
    class Plain(Handler):
        def handle_error(self, exception: BaseException, context: object) -> bool:  # type: ignore[override]
            return True

    text = refusal(checked_handler, Plain())
    assert re.search("Plain .* its handle_error must be a coroutine .*, but is a plain def", text)
    assert text.endswith("wanted: async def handle_error(self, exception, context)")


def test_a_generator_is_no_coroutine() -> None:
    class Streaming(Reporter):
        async def report_error(self, exception, severity, context):  # type: ignore[no-untyped-def]  # noqa: ANN001
            yield 1

    assert "its report_error must be a coroutine" in refusal(checked_reporter, Streaming())


@pytest.mark.parametrize(
    ("check", "name", "kind"),
    [(checked_strategy, "record_attempt", Strategy), (checked_handler, "get_recovery_suggestions", Handler)],
)
def test_a_coroutine_where_a_plain_def_is_due(check: Callable[[Any], Any], name: str, kind: type) -> None:
    async def wrong(self: object, *args: object, **kwargs: object) -> None: ...

    bad = type("Bad", (kind,), {name: wrong})()
    assert f"its {name} must be a plain def, but is a coroutine" in refusal(check, bad)


def test_what_is_no_method() -> None:
    class Odd(Handler):
        get_recovery_suggestions = ["x"]  # noqa: RUF012

    assert "its get_recovery_suggestions is no method but list" in refusal(checked_handler, Odd())


async def too_few(self: object, attempt: int) -> float: ...  # type: ignore[empty-body]
async def too_many(self: object, attempt: int, reason: object, more: object) -> float: ...  # type: ignore[empty-body]
async def keywords_only(self: object, *, attempt: int, reason: object) -> float: ...  # type: ignore[empty-body]


@pytest.mark.parametrize("method", [too_few, too_many, keywords_only])
def test_a_wrong_signature_is_shown_beside_the_right_one(method: object) -> None:
    text = refusal(checked_strategy, type("Own", (Strategy,), {"get_delay": method})())
    assert re.match(
        r"Own is no RetryStrategy: its get_delay\(.* does not fit \(.*\); wanted: async def get_delay\(", text
    )


def test_the_optional_arguments_must_be_optional() -> None:
    class Demanding(Reporter):
        async def get_error_summary(self, hours: float) -> dict[str, Any]:  # type: ignore[override]
            return {}

    assert "its get_error_summary(hours: 'float')" in refusal(checked_reporter, Demanding())


async def other_names(self: object, n: int, why: object) -> float: ...  # type: ignore[empty-body]
async def anything(self: object, *args: object, **kwargs: object) -> float: ...  # type: ignore[empty-body]
async def more_optional(self: object, attempt: int, reason: object, scale: float = 1.0) -> float: ...  # type: ignore[empty-body]
async def with_base(base: float, attempt: int, reason: object) -> float: ...  # type: ignore[empty-body]


@types.coroutine
def old_style(self: object, attempt: int, reason: object):  # type: ignore[no-untyped-def]
    yield


class Delay:
    async def __call__(self, attempt: int, reason: object) -> float:
        return 0.0


@pytest.mark.parametrize(
    "method",
    [other_names, anything, more_optional, old_style, passing(other_names), passing(passing(other_names)), Delay()],
    ids=["names", "anything", "optional", "old style", "decorated", "decorated twice", "callable object"],
)
def test_what_can_be_called_as_wanted_passes(method: object) -> None:
    checked_strategy(type("Own", (Strategy,), {"get_delay": method})())


def test_partials_and_attributes_of_the_instance_pass() -> None:
    candidate = Strategy()
    candidate.get_delay = functools.partial(with_base, 2.0)  # type: ignore[method-assign]
    checked_strategy(candidate)
    candidate.get_delay = AsyncMock(return_value=1.0)  # type: ignore[method-assign]
    checked_strategy(candidate)


def test_static_and_class_methods_pass() -> None:
    class Static(Handler):
        @staticmethod
        async def handle_error(exception: BaseException, context: object) -> bool:  # type: ignore[override]
            return True

        @classmethod
        def get_recovery_suggestions(cls, exception: BaseException) -> list[str]:  # type: ignore[override]
            return []

    checked_handler(Static())


@pytest.mark.parametrize("contract", [RetryStrategy, ErrorReporter, ServiceErrorHandler])
def test_an_incomplete_subclass_cannot_be_made(contract: type) -> None:
    with pytest.raises(TypeError, match="abstract method"):
        type("Half", (contract,), {})()
