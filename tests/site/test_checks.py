"""Start-up checks: each speaks where it should, and is silent where all is well."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import override_settings

from recovery import checks

MEMORY = {"default": {"BACKEND": checks.IN_MEMORY}}
REDIS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}}
POSTGRES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}

WRONG = [
    ("allowed_hosts", "recovery.E001", {"ALLOWED_HOSTS": ["*"]}),
    ("processes", "recovery.E002", {"CONSOLE_PROCESSES": 2, "CHANNEL_LAYERS": MEMORY}),
    ("connections", "recovery.E003", {"DATABASES": {"default": POSTGRES["default"] | {"CONN_MAX_AGE": 60}}}),
    ("secret_key", "recovery.E004", {"SECRET_KEY_GIVEN": "", "DATABASES": POSTGRES, "CHANNEL_LAYERS": MEMORY}),
    ("secret_key", "recovery.E004", {"SECRET_KEY_GIVEN": "", "DATABASES": SQLITE, "CHANNEL_LAYERS": REDIS}),
    ("secret_key", "recovery.W001", {"SECRET_KEY_GIVEN": "short", "SECRET_KEY": "short"}),
    ("transactions", "recovery.E005", {"DATABASES": {"default": SQLITE["default"] | {"ATOMIC_REQUESTS": True}}}),
    (
        "cookies",
        "recovery.W002",
        {"ALLOWED_HOSTS": ["console.example"], "SESSION_COOKIE_SECURE": False, "DEBUG": False},
    ),
]
RIGHT = [
    ("allowed_hosts", {"ALLOWED_HOSTS": ["console.example"]}),
    ("processes", {"CONSOLE_PROCESSES": 2, "CHANNEL_LAYERS": REDIS}),
    ("processes", {"CONSOLE_PROCESSES": 1, "CHANNEL_LAYERS": MEMORY}),
    ("connections", {"DATABASES": POSTGRES}),
    ("secret_key", {"SECRET_KEY_GIVEN": "", "DATABASES": SQLITE, "CHANNEL_LAYERS": MEMORY}),
    ("cookies", {"ALLOWED_HOSTS": ["console.example"], "SESSION_COOKIE_SECURE": True}),
    ("cookies", {"ALLOWED_HOSTS": ["localhost"], "SESSION_COOKIE_SECURE": False}),
]


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES:UserWarning")
@pytest.mark.parametrize(("name", "code", "settings"), WRONG)
def test_it_speaks_with_a_hint(name: str, code: str, settings: dict[str, Any]) -> None:
    with override_settings(**settings):
        (message,) = getattr(checks, name)()
    assert message.id == code
    assert message.hint


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES:UserWarning")
@pytest.mark.parametrize(("name", "settings"), RIGHT)
def test_it_is_silent_where_all_is_well(name: str, settings: dict[str, Any]) -> None:
    with override_settings(**settings):
        assert list(getattr(checks, name)()) == []


def test_the_tests_own_settings_pass_every_check() -> None:
    assert [message for message in run_checks() if message.id.startswith("recovery")] == []
