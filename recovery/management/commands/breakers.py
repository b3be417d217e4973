"""`recovery breakers`: what operators do on the pages, from the command line, through the same actions and audit."""

from __future__ import annotations

import getpass
from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recovery.actions import commands, holds
from recovery.actions.actor import machine
from recovery.actions.problems import ActionProblem
from recovery.actions.services import find_service
from recovery.models import Breaker, Hold
from recovery.moment import now

HOLDS = ("trip", "disable", "observe")
VERBS = ("list", *HOLDS, "release", "reset", "probe")


class Command(BaseCommand):
    """List, hold, release, reset, probe."""

    help = "list breakers and steer them: trip, disable, observe, release, reset, probe"

    def add_arguments(self, parser: CommandParser) -> None:
        """A verb, a service, a breaker, and how."""
        parser.add_argument("verb", choices=VERBS)
        parser.add_argument("service", nargs="?", default="")
        parser.add_argument("breaker", nargs="?", default="")
        parser.add_argument("--environment", default="production", help="production (default), staging, …")
        parser.add_argument("--reason", default="", help="why; holds need one")
        parser.add_argument("--for", dest="seconds", type=float, help="holds: for so many seconds")
        parser.add_argument("--until", type=moment, help="holds: until this moment, such as 2026-03-01T18:00+00:00")
        parser.add_argument("--scope", type=scope, help="version=…, host=… or process=…; several with commas")

    def handle(self, *_args: Any, **given: Any) -> None:
        """Do it; a problem is told in a line and exits with 1."""
        verb = given["verb"]
        if verb != "list" and not (given["service"] and given["breaker"]):
            raise CommandError(f"Which breaker? recovery breakers {verb} SERVICE BREAKER")
        try:
            self.list(given) if verb == "list" else self.act(verb, given)
        except ActionProblem as problem:
            raise CommandError(str(problem)) from problem

    def list(self, given: dict[str, Any]) -> None:
        """One line a breaker; of all services where none is named."""
        breakers = Breaker.objects.select_related("service").order_by("service__name", "service__environment", "name")
        if given["service"]:
            breakers = breakers.filter(service=find_service(given["service"], given["environment"]))
        held = set(Hold.objects.in_force(now()).values_list("service_id", "breaker"))
        for each in breakers:
            marks = "  held" if (each.service_id, each.name) in held else ""
            since = f" since {each.since:%Y-%m-%d %H:%M:%S}" if each.since else ""
            self.stdout.write(f"{each.state or 'unknown':<12}  {each.service}  {each.name}{since}{marks}")

    def act(self, verb: str, given: dict[str, Any]) -> None:
        """The same action as on the page."""
        service = find_service(given["service"], given["environment"])
        how = {"actor": machine(getpass.getuser(), "command"), "reason": given["reason"], "scope": given["scope"]}
        if verb in HOLDS:
            made = holds.hold(service, given["breaker"], verb, seconds=given["seconds"], until=given["until"], **how)
            end = f" until {made.ends_at:%Y-%m-%d %H:%M:%S} UTC" if made.ends_at else " until released"
            self.stdout.write(f"{verb} {made.breaker}{end}: revision {made.revision}")
            return
        if given["seconds"] is not None or given["until"] is not None:
            raise CommandError("--for and --until belong to trip, disable and observe.")
        if verb == "release":
            revision = holds.release(service, given["breaker"], **how).revision
        else:
            revision = commands.command(service, given["breaker"], verb, **how).command.revision
        self.stdout.write(f"{verb} {given['breaker']}: revision {revision}")


def moment(text: str) -> datetime:
    """An aware moment."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"expected a moment such as 2026-03-01T18:00+00:00, got {text!r}") from problem
    if found.tzinfo is None:
        raise ArgumentTypeError(f"expected a moment with its zone, such as {text}+00:00")
    return found


def scope(text: str) -> dict[str, Any]:
    """``host=web-1,web-2`` as a scope."""
    kind, _, values = text.partition("=")
    return {"kind": kind, "values": [value for value in values.split(",") if value]}
