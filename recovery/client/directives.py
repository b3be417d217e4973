"""What the console asks for, carried out: through the engine's own verbs, once, and confirmed or refused with why."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Literal

from recovery.engine import CircuitBreaker, IllegalTransition
from recovery.wire import (
    AnyAct,
    Applied,
    ConfigureAct,
    Directive,
    Hold,
    HoldAct,
    LogLevelAct,
    Policy,
    ProbeAct,
    ReleaseAct,
    ResetAct,
    RestartAct,
    RunCheckAct,
)

from .desired import DesiredState, Identity
from .sampler import Sampler
from .texts import clean
from .timeline import Timeline

REMEMBERED = 256  # outcomes of directives, to be confirmed again
Outcome = Literal["applied", "refused", "expired", "skipped"]
Result = tuple[Outcome, str]
_DONE: Result = ("applied", "")


class Hooks:
    """What the process can do beside its breakers; each answers why not, or nothing."""

    def restart(self, act: RestartAct) -> str:
        """Restart the process."""
        return "this process does not say how it is restarted"

    def run_check(self, act: RunCheckAct) -> str:
        """Run an in-process check."""
        return f"this process has no check {act.check!r}"

    def log_level(self, act: LogLevelAct) -> str:
        """Ship other log records."""
        return "this process ships no logs"


class Directives:
    """Obeys. ``lagging`` is set when a directive builds on a revision that never came: time for a new hello."""

    def __init__(
        self, identity: Identity, timeline: Timeline, state: DesiredState, sampler: Sampler, hooks: Hooks
    ) -> None:
        self._identity = identity
        self._timeline = timeline
        self._state = state
        self._sampler = sampler
        self._hooks = hooks
        self._outcomes: OrderedDict[str, Applied] = OrderedDict()
        self.lagging = False

    def obey(self, directive: Directive) -> Applied:
        """Carry it out unless that was done before; returns the confirmation."""
        known = self._outcomes.get(directive.id)
        if known is not None:
            return known
        revision = directive.revision
        if revision and revision <= self._state.revision:
            return self._confirmed(directive, _DONE)  # stale: the state that it asks for is long in force
        if revision and directive.base > self._state.revision:
            self.lagging = True  # it is applied all the same; what was missed comes with the next welcome
        result = self._result(directive)
        if revision and not self.lagging:
            self._state.revision = revision
        return self._confirmed(directive, result)

    def confirmations(self) -> list[Applied]:
        """What is sent again at each hello: the state as a whole, and what became of each directive."""
        whole = Applied(
            revision=self._state.revision, at=self._timeline.now(), refused=tuple(self._state.refused.values())
        )
        return [whole, *self._outcomes.values()]

    def _confirmed(self, directive: Directive, result: Result) -> Applied:
        made = Applied(
            id=directive.id,
            revision=directive.revision,
            at=self._timeline.now(),
            outcome=result[0],
            why=clean(result[1]),
        )
        self._outcomes[directive.id] = made
        while len(self._outcomes) > REMEMBERED:
            self._outcomes.popitem(last=False)
        return made

    def _result(self, directive: Directive) -> Result:
        if not self._identity.meant(directive.scope):
            return "skipped", "its scope does not mean this process"
        if directive.expires is not None and self._timeline.until(directive.expires) <= 0:
            return "expired", "it came too late"
        try:
            return self._done(directive, directive.do)
        except IllegalTransition as error:
            return "refused", str(error)
        except Exception as error:  # somebody's listener, or a bug of ours: the console is to know
            return "refused", f"{type(error).__name__}: {error}"

    def _done(self, directive: Directive, act: AnyAct) -> Result:
        match act:
            case HoldAct():
                why = self._state.hold(_hold(directive, act))
                return ("expired", why) if why else _DONE
            case ReleaseAct():
                return self._release(act.breaker, directive)
            case ResetAct():
                return self._reset(act, directive)
            case ProbeAct():
                return self._each(act.breaker, lambda each: each.probe(act.unless_held, **_said(directive)))
            case ConfigureAct():
                return _or_refused(self._configure(directive, act))
            case RestartAct():
                return _or_refused(self._hooks.restart(act))
            case RunCheckAct():
                return _or_refused(self._hooks.run_check(act))
            case LogLevelAct():
                return _or_refused(self._hooks.log_level(act))
            case _:
                return "refused", f"this client does not know {act.name!r}"

    def _configure(self, directive: Directive, act: ConfigureAct) -> str:
        if act.fields is None:
            return self._state.lift(act.target, act.name, directive.revision)
        policy = Policy(
            target=act.target, name=act.name, fields=act.fields, revision=directive.revision, scope=directive.scope
        )
        return self._state.configure(policy)

    def _release(self, name: str, directive: Directive) -> Result:
        self._state.forget_hold(name)
        for breaker in self._sampler.named(name):
            breaker.release(**_said(directive))
        return _DONE

    def _reset(self, act: ResetAct, directive: Directive) -> Result:
        result = self._each(act.breaker, lambda each: each.reset(act.unless_held, **_said(directive)))
        if result == _DONE:
            self._state.forget_hold(act.breaker)
        return result

    def _each(self, name: str, verb: Callable[[CircuitBreaker], None]) -> Result:
        breakers = self._sampler.named(name)
        if not breakers:
            return "skipped", "no breaker of that name here"
        for breaker in breakers:
            verb(breaker)
        return _DONE


def _said(directive: Directive) -> dict[str, str]:
    return {"reason": directive.reason, "actor": directive.actor}


def _hold(directive: Directive, act: HoldAct) -> Hold:
    return Hold(
        breaker=act.breaker,
        kind=act.hold,
        reason=directive.reason,
        actor=directive.actor,
        until=act.until,
        scope=directive.scope,
        revision=directive.revision,
    )


def _or_refused(why: str) -> Result:
    return ("refused", why) if why else _DONE
