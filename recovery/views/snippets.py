"""What to paste into a service so that it calls in."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

PLACE = "rcv_…"  # where the token goes that nobody can be told again


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines for one kind of program."""

    id: str
    title: str
    hint: str
    text: str


def address(request: HttpRequest) -> str:
    """Where services reach this console."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


def three_lines(url: str, secret: str = PLACE) -> str:
    """The shortest way in."""
    return f'import recovery\nrecovery.connect("{url}", "{secret}")\nbank = recovery.CircuitBreaker(name="bank")\n'


def snippets(url: str, secret: str = PLACE) -> tuple[Snippet, ...]:
    """For plain programs, FastAPI, Django and workers."""
    connect = f'recovery.connect("{url}", "{secret}")'
    guarded = '@recovery.circuit_breaker(name="bank.charge")\ndef charge(order):\n    ...\n'
    return (
        Snippet("python", "Python", "at the start of the program", f"import recovery\n\n{connect}\n\n\n{guarded}"),
        Snippet(
            "fastapi",
            "FastAPI",
            "beside the app; every worker of uvicorn calls in for itself",
            f'import recovery\nfrom fastapi import FastAPI\n\n{connect}\napp = FastAPI()\n\n\n@app.get("/menu")\n'
            '@recovery.circuit_breaker(name="kitchen")\nasync def menu():\n    ...\n',
        ),
        Snippet(
            "django",
            "Django",
            "in an app’s apps.py",
            "import recovery\nfrom django.apps import AppConfig\n\n\nclass ShopConfig(AppConfig):\n"
            f'    name = "shop"\n\n    def ready(self):\n        {connect}\n',
        ),
        Snippet(
            "worker",
            "Worker",
            "in the module of the tasks (Celery, RQ, Dramatiq, a loop of your own)",
            f"import recovery\n\n{connect}\n\n\n@recovery.retry(max_attempts=3)\ndef task(order):\n    ...\n",
        ),
        Snippet(
            "environment",
            "Environment",
            "or by the environment, and only recovery.connect() in the code",
            f"RECOVERY_URL={url}\nRECOVERY_TOKEN={secret}\n",
        ),
    )
