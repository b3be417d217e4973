"""`recovery up`: the whole console in one process."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import autoreload

from recovery.actions import people
from recovery.actions.actor import machine
from recovery.management.links import link_url
from recovery.serving import ready
from recovery.serving.services import Options, wanted

LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


class Command(BaseCommand):
    """Prepares what is missing, prints where to go, serves until it is stopped."""

    help = "run the console: web, worker and scheduler in one process"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, and what to run beside the web."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000); 0 takes a free one")
        parser.add_argument("--demo", action="store_true", help="also run a small fleet of services with real outages")
        parser.add_argument("--no-worker", action="store_true", help="web only; run `recovery worker` elsewhere")
        parser.add_argument("--reload", action="store_true", help="start again when the code changes (development)")

    def handle(self, *_args: Any, **given: Any) -> None:
        """Serve, with or without the reloader."""
        if given["reload"]:
            autoreload.run_with_reloader(self.serve, given, reloading=True)
        else:
            self.serve(given)

    def serve(self, given: dict[str, Any], *, reloading: bool = False) -> None:
        """Prepare, announce, run. The server is imported late: it takes its event loop with it."""
        try:
            options = self.prepare(given)
        except ready.NotReady as problem:
            raise CommandError(str(problem)) from problem
        from recovery.serving.console import run_console

        failure = run_console(options, self.announce, signals=not reloading)
        if failure:
            raise CommandError(f"The server ended: {failure}")

    def prepare(self, given: dict[str, Any]) -> Options:
        """Everything that can be wrong is found before the port is opened."""
        port = ready.free_port(given["host"], given["port"])
        options = Options(given["host"], port, demo=given["demo"], worker=not given["no_worker"])
        if folder := ready.database_folder():
            ready.writable(folder)
        if not settings.SECRET_KEY_GIVEN:
            ready.writable(settings.DATA_FOLDER)
            settings.KEEP_SECRET_KEY()
        if applied := ready.migrated():
            self.stdout.write(f"Database ready: {ready.where()} ({len(applied)} migrations applied)")
        if options.demo and not any(service.name == "demo" for service in wanted(options)):
            self.stderr.write("There is no demonstration fleet in this build; the console starts without it.")
        return options

    def announce(self, options: Options) -> None:
        """Where to go; on the first run, how to get in."""
        url = settings.PUBLIC_URL or options.url
        self.stdout.write(f"Recovery is at {url}/  (Ctrl-C ends it)")
        if options.host not in LOCAL and set(settings.ALLOWED_HOSTS) <= {*LOCAL, "[::1]"}:
            self.stdout.write("Only this machine may use it by name: set ALLOWED_HOSTS to the names that others use.")
        if not people.has_admin():
            secret = people.make_link(actor=machine("recovery up", "command"))
            self.stdout.write(
                f"Nobody can sign in yet. Make the first admin (works once, for a day):\n  {link_url(secret, url)}"
            )
        self.stdout.flush()
