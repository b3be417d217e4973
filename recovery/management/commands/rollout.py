"""`recovery rollout`: begin, list, go on, stop; by the same actions and audit as the pages."""

from __future__ import annotations

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recovery.actions.actor import machine
from recovery.actions.policies import newest
from recovery.actions.problems import ActionProblem
from recovery.actions.rollouts import STAGES, Stage, begin, go_on, stop
from recovery.actions.services import find_service
from recovery.guardrail import RANGES
from recovery.models import Rollout
from recovery.queries.rollouts.listed import running

from .policy import field


class Command(BaseCommand):
    """Begin, list, go on, stop."""

    help = "roll a policy out step by step: begin, list, go-on, stop"

    def add_arguments(self, parser: CommandParser) -> None:
        """A verb and what it needs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="those that run")
        start = verbs.add_parser("begin", help="publish to one process, then to more")
        start.add_argument("service")
        start.add_argument("target", help="the name of the breaker or operation")
        start.add_argument("fields", nargs="*", help="field=value, values as JSON; none: return to the code's own")
        start.add_argument("--operation", action="store_true", help="the target is a retried operation")
        start.add_argument("--environment", default="production", help="production (default), staging, …")
        start.add_argument("--step", action="append", default=[], help="one:300 or 10:600, per cent and seconds")
        for name, (low, high) in RANGES.items():
            flag = f"--{name.replace('_', '-')}"
            start.add_argument(flag, type=float, help=f"of the guardrail: {low:g} to {high:g}")
        for verb, what in (("go-on", "without waiting for the rest of its stage"), ("stop", "back to what was before")):
            one = verbs.add_parser(verb, help=what)
            one.add_argument("rollout", type=int, help="its number, as the list says it")
        for each in verbs.choices.values():
            each.add_argument("--reason", default="", help="why; needed to begin and to stop")

    def handle(self, *_args: Any, **given: Any) -> None:
        """Do it; a problem is told in a line and exits with 1."""
        do = {"list": self._list, "begin": self._begin, "go-on": self._go_on, "stop": self._stop}[given["verb"]]
        try:
            do(given)
        except ActionProblem as problem:
            raise CommandError(str(problem)) from problem

    def _list(self, _given: dict[str, Any]) -> None:
        for row in running():
            said = f"{row.verdict}: {row.words}" if row.verdict else "nothing judged yet"
            where = f"{row.service} · {row.environment} · {row.kind} {row.target}"
            self.stdout.write(f"{row.id}\t{where}\tstage {row.stage} of {row.of}, {row.share}\t{said}")

    def _begin(self, given: dict[str, Any]) -> None:
        service = find_service(given["service"], given["environment"])
        kind = "operation" if given["operation"] else "breaker"
        present = newest(service, kind, given["target"])
        made = begin(
            service,
            kind,
            given["target"],
            dict(map(field, given["fields"])) or None,
            actor=_actor(),
            base=present.revision if present else 0,
            reason=given["reason"],
            stages=[_stage(step) for step in given["step"]] or STAGES,
            guardrail={name: given[name] for name in RANGES if given[name] is not None},
        )
        self.stdout.write(f"rollout {made.pk} of {made.target} has begun")

    def _go_on(self, given: dict[str, Any]) -> None:
        found = _found(given)
        made = go_on(found, actor=_actor(), stage=found.stage, reason=given["reason"])
        self.stdout.write(f"rollout {found.pk} went on: revision {made.revision}")

    def _stop(self, given: dict[str, Any]) -> None:
        found = _found(given)
        made = stop(found, actor=_actor(), reason=given["reason"])
        self.stdout.write(f"rollout {found.pk} is stopped: revision {made.revision}")


def _actor() -> Any:
    return machine(getpass.getuser(), "command")


def _found(given: dict[str, Any]) -> Rollout:
    found = Rollout.objects.select_related("service").filter(pk=given["rollout"]).first()
    if found is None:
        raise CommandError(f"There is no rollout {given['rollout']}.")
    return found


def _stage(step: str) -> Stage:
    """``one:300`` or ``10:600``."""
    share, _, seconds = step.partition(":")
    try:
        return Stage("one" if share == "one" else float(share), int(seconds))
    except ValueError as problem:
        raise CommandError(f"Expected one:seconds or per cent:seconds, got {step!r}.") from problem
