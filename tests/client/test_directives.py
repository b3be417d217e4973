"""What the console asks for is done once, by the engine's own verbs, and confirmed or refused with why."""

from __future__ import annotations

from typing import Any

import pytest

from recovery import wire
from recovery.engine import BreakerConfig, CircuitBreaker
from recovery.wire import ConfigureAct, Desired, Hold, HoldAct, Policy, ProbeAct, ReleaseAct, ResetAct, Scope
from tests.client.fleet import Desk, calls, said


@pytest.fixture
def breaker(desk: Desk, name: str) -> CircuitBreaker:
    made = CircuitBreaker(2, 30, name=name, clock=desk.clock)
    desk.second()
    return made


def test_hold_release_reset_probe_configure(desk: Desk, breaker: CircuitBreaker, name: str) -> None:
    held = desk.directive(do=HoldAct(breaker=name, hold="trip"), revision=1, actor="anna", reason="broken")
    assert (held.outcome, breaker.state) == ("applied", "FORCED-OPEN")
    hold = breaker.snapshot().hold
    assert hold is not None
    assert (hold.actor, hold.reason) == ("anna", "broken")
    desk.directive(do=ReleaseAct(breaker=name), revision=2)
    assert breaker.state == "OPEN"
    desk.directive(do=ProbeAct(breaker=name))
    assert breaker.state == "HALF-OPEN"
    desk.directive(do=ResetAct(breaker=name))
    assert breaker.state == "CLOSED"
    desk.directive(do=ConfigureAct(target="breaker", name=name, fields={"failure_threshold": 9}), revision=3)
    assert breaker.config.failure_threshold == 9
    desk.directive(do=ConfigureAct(target="breaker", name=name), revision=4)
    assert breaker.config.failure_threshold == 2
    assert desk.state.revision == 4


def test_doubled_and_stale_ones_change_nothing(desk: Desk, breaker: CircuitBreaker, name: str) -> None:
    order = wire.Directive(id="once", do=ResetAct(breaker=name))
    calls(breaker, failures=2)
    first = desk.directives.obey(order)
    calls(breaker, failures=2)
    assert desk.directives.obey(order) == first
    assert breaker.state == "OPEN"
    desk.state.revision = 7
    stale = desk.directive(do=HoldAct(breaker=name, hold="disable"), revision=7)
    assert (stale.outcome, breaker.state) == ("applied", "OPEN")


@pytest.mark.parametrize(
    ("scope", "meant"),
    [
        (Scope(), True),
        (Scope(kind="version", values=("2025.9", "2026.1")), True),
        (Scope(kind="version", values=("2025.9",)), False),
        (Scope(kind="host", values=("web-1",)), True),
        (Scope(kind="host", values=("web-2",)), False),
        (Scope(kind="process", values=("p1",)), True),
        (Scope(kind="process"), False),
    ],
)
def test_a_scope_says_who_is_meant(desk: Desk, breaker: CircuitBreaker, name: str, scope: Scope, meant: bool) -> None:
    told = desk.directive(do=HoldAct(breaker=name, hold="trip"), revision=1, scope=scope)
    assert told.outcome == ("applied" if meant else "skipped")
    assert (breaker.state == "FORCED-OPEN") is meant
    assert desk.state.revision == 1


def test_refusals_say_why(desk: Desk, breaker: CircuitBreaker, name: str) -> None:
    locked = CircuitBreaker(name=f"{name}.locked", config=BreakerConfig(locked=True))
    desk.second()
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"do": ProbeAct(breaker=name)}, "refused", "cannot go from CLOSED"),
        ({"do": ProbeAct(breaker="nobody")}, "skipped", "no breaker of that name"),
        ({"do": ResetAct(breaker=name), "expires": desk.console_now() - 1}, "expired", "too late"),
        ({"do": wire.RestartAct()}, "refused", "does not say how it is restarted"),
        ({"do": wire.RunCheckAct(check="bank")}, "refused", "no check 'bank'"),
        ({"do": wire.LogLevelAct(level=10)}, "refused", "ships no logs"),
        ({"do": wire.UnknownAct(name="dance")}, "refused", "does not know 'dance'"),
        ({"do": _configured(locked.name, failure_threshold=3), "revision": 1}, "refused", "locked in code"),
        ({"do": _configured(name, failure_threshold=0), "revision": 2}, "refused", "failure_threshold must be"),
        ({"do": _configured(name, colour=0), "revision": 3}, "refused", "no field colour"),
    ]
    for given, outcome, why in cases:
        told = desk.directive(**given)
        assert (told.outcome, why in told.why) == (outcome, True), told


def _configured(name: str | None, **fields: Any) -> ConfigureAct:
    return ConfigureAct(target="breaker", name=name or "", fields=fields)


def test_a_recovery_never_goes_over_an_operators_hold(desk: Desk, breaker: CircuitBreaker, name: str) -> None:
    breaker.trip(reason="by hand")
    told = desk.directive(do=ResetAct(breaker=name, unless_held=True), actor="AutoRecovery")
    assert (told.outcome, breaker.state) == ("refused", "FORCED-OPEN")


def test_ends_of_holds_are_on_the_consoles_clock(breaker: CircuitBreaker, desk: Desk, name: str) -> None:
    desk.ahead = -600.0
    desk.welcome(desk.talk())
    desk.directive(do=HoldAct(breaker=name, hold="trip", until=desk.console_now() + 60), revision=1)
    desk.second(59.0)
    assert breaker.state == "FORCED-OPEN"
    desk.second(1.5)
    assert breaker.state == "OPEN"
    late = desk.directive(do=HoldAct(breaker=name, hold="trip", until=desk.console_now() - 1), revision=2)
    assert (late.outcome, late.why) == ("expired", "its end is past")


def test_a_welcome_brings_everything_and_withdraws_what_is_gone(desk: Desk, breaker: CircuitBreaker, name: str) -> None:
    other = CircuitBreaker(name=f"{name}.other", clock=desk.clock)
    other.trip(reason="by hand")
    desk.second()
    wanted = Desired(
        revision=5,
        holds=(
            Hold(breaker=name, kind="observe", reason="all"),
            Hold(breaker=name, kind="disable", reason="this host", scope=Scope(kind="host", values=("web-1",))),
        ),
        policies=(Policy(target="breaker", name=name, fields={"failure_threshold": 4}, revision=3),),
    )
    answers = desk.welcome(desk.talk(), desired=wanted)
    assert (breaker.state, breaker.config.failure_threshold) == ("DISABLED", 4)  # the more specific one wins
    (declared,) = [each for m in answers if isinstance(m, wire.Declare) for each in m.breakers if each.name == name]
    assert (declared.override, declared.revision) == ({"failure_threshold": 4}, 3)
    assert declared.hold is not None
    assert declared.hold.kind == "disable"
    assert [m.revision for m in answers if isinstance(m, wire.Applied)] == [5]
    desk.welcome(desk.talk(), desired=Desired(revision=6))
    assert (breaker.state, breaker.config.failure_threshold) == ("CLOSED", 2)
    assert other.state == "FORCED-OPEN"  # that hold was never the console's


def test_what_is_born_later_takes_its_hold_at_birth(desk: Desk, name: str) -> None:
    desk.welcome(desk.talk(), desired=Desired(revision=1, holds=(Hold(breaker=name, kind="trip"),)))
    late = CircuitBreaker(name=name, clock=desk.clock)
    desk.second()
    assert late.state == "FORCED-OPEN"


def test_outcomes_are_told_again_at_each_hello(desk: Desk, breaker: CircuitBreaker, name: str) -> None:
    desk.directive(do=HoldAct(breaker=name, hold="trip"), revision=1)
    desk.directive(do=_configured(name, failure_threshold=0), revision=2)
    applied = [m for m in desk.welcome(desk.talk()) if isinstance(m, wire.Applied)]
    assert [(each.id, each.outcome) for each in applied] == [("", "applied"), ("d1", "applied"), ("d2", "refused")]
    assert [(each.target, each.name) for each in applied[0].refused] == [("breaker", name)]


def test_a_gap_in_the_revisions_asks_for_the_whole_again(desk: Desk, breaker: CircuitBreaker, name: str) -> None:
    talk = desk.talk()
    desk.welcome(talk)
    talk.obey(wire.Directive(id="late", do=HoldAct(breaker=name, hold="trip"), revision=9, base=8))
    assert breaker.state == "FORCED-OPEN"
    assert [type(m) for m in said(talk)][:2] == [wire.Applied, wire.Hello]
    assert desk.state.revision == 0


def test_open_breakers_come_back_where_that_was_asked_for(desk: Desk, breaker: CircuitBreaker, name: str) -> None:
    desk.welcome(desk.talk(), restore=(wire.WasOpen(breaker=name, opened_for=10.0),))
    assert breaker.state == "OPEN"
    assert breaker.retry_after == pytest.approx(20.0)


def test_a_desired_state_in_parts_counts_when_it_is_whole(desk: Desk, breaker: CircuitBreaker, name: str) -> None:
    talk = desk.talk()
    said(talk)
    parts = [Desired(revision=3, holds=(Hold(breaker=name, kind="trip"),)), Desired(revision=3)]
    for number, part in enumerate(parts):
        assert not talk.welcomed
        talk.obey(wire.Welcome(protocol=1, clock=desk.console_now(), desired=part, part=number, parts=2))
    assert talk.welcomed
    assert (breaker.state, desk.state.revision) == ("FORCED-OPEN", 3)
