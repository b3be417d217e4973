"""`recovery policy`: publish fields over the code's own, show them, return to code; by the same action and audit."""

from __future__ import annotations

import getpass
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recovery.actions.actor import machine
from recovery.actions.policies import newest, publish, target_of
from recovery.actions.problems import ActionProblem, Conflict
from recovery.actions.services import find_service


class Command(BaseCommand):
    """Show, set, lift."""

    help = "show, set or lift the policy of a breaker or a retried operation"

    def add_arguments(self, parser: CommandParser) -> None:
        """A verb, a target and fields."""
        parser.add_argument("verb", choices=("show", "set", "lift"))
        parser.add_argument("service")
        parser.add_argument("target", help="the name of the breaker or operation")
        parser.add_argument("fields", nargs="*", help="set: field=value, values as JSON; replaces the present policy")
        parser.add_argument("--operation", action="store_true", help="the target is a retried operation")
        parser.add_argument("--environment", default="production", help="production (default), staging, …")
        parser.add_argument("--reason", default="", help="why; needed to set and to lift")
        parser.add_argument("--base", type=int, help="the revision that was edited (default: the present one)")

    def handle(self, *_args: Any, **given: Any) -> None:
        """Do it; a problem is told in a line and exits with 1."""
        kind = "operation" if given["operation"] else "breaker"
        try:
            service = find_service(given["service"], given["environment"])
            row = target_of(service, kind, given["target"])
            present = newest(service, kind, given["target"])
            if given["verb"] == "show":
                shown = {"code": row.code_config, "policy": present.fields if present else None}
                self.stdout.write(json.dumps({**shown, "revision": present.revision if present else 0}, indent=2))
                return
            base = given["base"] if given["base"] is not None else (present.revision if present else 0)
            fields = None if given["verb"] == "lift" else dict(map(field, given["fields"]))
            actor = machine(getpass.getuser(), "command")
            made = publish(service, kind, row.name, fields, actor=actor, base=base, reason=given["reason"])
        except Conflict as problem:
            raise CommandError(f"{problem}: {json.dumps(problem.diff)}") from problem
        except ActionProblem as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{given['verb']} {row.name}: revision {made.revision}")


def field(text: str) -> tuple[str, Any]:
    """``failure_threshold=3`` as a name and its value."""
    name, sign, value = text.partition("=")
    if not sign:
        raise CommandError(f"Expected field=value, got {text!r}.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value  # a word
