"""A service extends the table, and can take its rules back."""

from __future__ import annotations

import gc
import logging
import weakref

import pytest

from recovery.engine.classification import add_rule, classify, remove_rule
from recovery.engine.enums import ErrorCategory, ErrorSeverity, RetryReason
from recovery.engine.rule import Rule
from recovery.engine.rules import Rules, suggestions_for


class Flaky(Exception):
    pass


RULE = Rule(
    name="flaky",
    category=ErrorCategory.TRANSIENT,
    reason=RetryReason.DOWNLOAD_FAILED,
    severity=ErrorSeverity.LOW,
    types=(Flaky,),
    suggestions=("Shake it",),
)


def test_a_rule_is_asked_first_and_forgets_what_was_remembered(shared_rules: Rules) -> None:
    assert classify(Flaky("x")).rule == "unknown"
    add_rule(RULE)
    assert "flaky" == classify(Flaky("x")).rule == shared_rules.rows[0].name
    assert suggestions_for(Flaky("x")) == ["Shake it"]
    assert remove_rule("flaky") == RULE
    assert classify(Flaky("x")).rule == "unknown"


def test_a_rule_may_be_put_before_another(shared_rules: Rules) -> None:
    add_rule(RULE.replace(types=(TimeoutError,)), before="library-timeout")
    assert classify(TimeoutError()).rule == "timeout"
    add_rule(RULE.replace(name="earlier", types=(TimeoutError,)), before="timeout")
    assert classify(TimeoutError()).rule == "earlier"


def test_a_taken_name_and_an_unknown_one_are_refused(shared_rules: Rules) -> None:
    before = shared_rules.rows
    with pytest.raises(ValueError, match="two rules of one name: timeout"):
        add_rule(RULE.replace(name="timeout"))
    with pytest.raises(ValueError, match="no rule is named 'nonesuch'"):
        add_rule(RULE, before="nonesuch")
    with pytest.raises(ValueError, match="no rule is named 'nonesuch'"):
        remove_rule("nonesuch")
    assert before == shared_rules.rows


@pytest.mark.parametrize("kind", ["*.Flaky", f"{__name__.partition('.')[0]}.Flaky"])
def test_a_class_is_known_by_its_name_and_module(kind: str) -> None:
    class Child(Flaky):
        pass

    assert Rules((RULE.replace(types=(kind,)),)).classify(Child()).rule == "flaky"
    assert Rules((RULE.replace(types=("elsewhere.Flaky",)),)).classify(Child()).rule == "unknown"


def test_all_conditions_must_hold() -> None:
    rules = Rules((RULE.replace(words=("wobble",), statuses=(418,)),))
    error = Flaky("a Wobble, again")
    assert rules.classify(error).rule == "unknown"
    error.status_code = 418  # type: ignore[attr-defined]
    assert rules.classify(error).rule == "flaky"


def test_codes_are_compared_whatever_their_case() -> None:
    error = Flaky()
    error.code = "SlowPoke"  # type: ignore[attr-defined]
    assert Rules((RULE.replace(codes=("SLOWPOKE",)),)).classify(error).rule == "flaky"


def test_a_predicate_decides_and_is_asked_each_time() -> None:
    rules = Rules((RULE.replace(when=lambda error: error.args == (1,)),))
    assert [rules.classify(Flaky(n)).rule for n in (1, 2, 1)] == ["flaky", "unknown", "flaky"]


def test_a_raising_predicate_is_logged_and_counts_as_no(caplog: pytest.LogCaptureFixture) -> None:
    rules = Rules((RULE.replace(when=lambda _: 1 / 0),))
    with caplog.at_level(logging.WARNING):
        assert rules.classify(Flaky()).rule == "unknown"
    assert "flaky" in caplog.text


def test_an_exception_type_is_not_kept_alive() -> None:
    rules = Rules()
    kind = type("Passing", (Exception,), {})
    rules.classify(kind("x"))
    gone = weakref.ref(kind)
    plans = len(rules._plans)
    del kind
    gc.collect()
    assert None is gone()
    assert plans - 1 == len(rules._plans)


def test_what_is_remembered_per_type_is_bounded() -> None:
    rules = Rules()
    for number in range(2_000):
        rules.classify(RuntimeError(f"odd {number}"))
    (plan,) = rules._plans.values()
    assert len(plan.known) <= 512


def test_every_name_in_the_table_is_used_once() -> None:
    names = [row.name for row in Rules().rows]
    assert sorted(set(names)) == sorted(names)


def test_nothing_transient_stops_and_everything_persistent_does() -> None:
    for row in Rules().rows:
        assert row.stop == (row.category is ErrorCategory.PERSISTENT), row.name
        assert row.suggestions, row.name
