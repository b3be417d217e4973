"""`recovery token`: tokens of services, from the command line."""

from __future__ import annotations

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recovery.actions.actor import machine
from recovery.actions.problems import ActionProblem
from recovery.actions.services import find_service, make_service
from recovery.actions.tokens import create_token, revoke_token
from recovery.models import Token


class Command(BaseCommand):
    """Create, list and revoke."""

    help = "make, list and revoke the tokens by which services report"

    def add_arguments(self, parser: CommandParser) -> None:
        """A verb and a service."""
        parser.add_argument("verb", choices=("create", "list", "revoke"))
        parser.add_argument("service", nargs="?", default="", help="the service's name")
        parser.add_argument("--environment", default="production", help="production (default), staging, …")
        parser.add_argument("--label", default="", help="create: what it is for")
        parser.add_argument("--prefix", default="", help="revoke: the beginning of the token, as `list` shows it")

    def handle(self, *_args: Any, **given: Any) -> None:
        """Do it; a problem is told in a line and exits with 1."""
        if given["verb"] != "list" and not given["service"]:
            raise CommandError("Which service? recovery token create SERVICE")
        try:
            getattr(self, given["verb"])(given)
        except ActionProblem as problem:
            raise CommandError(str(problem)) from problem

    def create(self, given: dict[str, Any]) -> None:
        """Print the secret, once; the service is made where there is none."""
        actor = machine(getpass.getuser(), "command")
        service = make_service(given["service"], given["environment"], actor=actor)
        made = create_token(service, actor=actor, label=given["label"])
        self.stderr.write(f"A token of {service}. It is shown this once:")
        self.stdout.write(made.secret)

    def list(self, given: dict[str, Any]) -> None:
        """One line a token; of all services where none is named."""
        tokens = Token.objects.select_related("service").order_by(
            "service__name", "service__environment", "-created_at"
        )
        if given["service"]:
            tokens = tokens.filter(service=find_service(given["service"], given["environment"]))
        for token in tokens:
            used = f"used {token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never used"
            state = f"revoked {token.revoked_at:%Y-%m-%d %H:%M}" if token.revoked_at else used
            self.stdout.write(f"{token.prefix}  {token.service}  {state}  {token.label}".rstrip())

    def revoke(self, given: dict[str, Any]) -> None:
        """The one token that is meant, or none."""
        service = find_service(given["service"], given["environment"])
        found = Token.objects.filter(service=service, revoked_at=None)
        if given["prefix"]:
            found = found.filter(prefix=given["prefix"].rstrip("…")[:12])
        if found.count() != 1:
            raise CommandError(f"{found.count()} tokens of {service} match: say which by --prefix, as `list` shows it.")
        token = found.get()
        revoke_token(token, actor=machine(getpass.getuser(), "command"))
        self.stdout.write(f"{token.prefix} holds no more; its processes are told within seconds.")
