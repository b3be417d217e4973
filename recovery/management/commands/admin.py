"""`recovery admin link`: a way in when nobody can sign in, or for one more admin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from recovery.actions import people
from recovery.actions.actor import machine
from recovery.management.links import link_url
from recovery.permissions import Role


class Command(BaseCommand):
    """Prints a link that works once, for a day."""

    help = "admin link: print a one-time link that makes an admin, or (--for NAME) gives somebody a new password"

    def add_arguments(self, parser: CommandParser) -> None:
        """`link`, and for whom."""
        parser.add_argument("what", choices=["link"])
        parser.add_argument(
            "--for", dest="name", default="", help="give this person a new password, and the admin role"
        )
        parser.add_argument(
            "--url", default="http://localhost:8000", help="where people reach the console, unless PUBLIC_URL says"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make the link and print it."""
        user = self._person(options["name"])
        secret = people.make_link(actor=machine("recovery admin", "command"), role=Role.ADMIN, user=user)
        self.stdout.write(f"Works once, until this time tomorrow:\n  {link_url(secret, options['url'].rstrip('/'))}")

    def _person(self, name: str) -> Any:
        if not name:
            return None
        found = get_user_model().objects.filter(username__iexact=name).first()
        if found is None:
            raise CommandError(f"Nobody is called {name!r}. Without --for the link makes a new admin.")
        return found
