"""What every request passes."""

from __future__ import annotations

import asyncio
import logging

import pytest
from django.conf import settings
from django.test import Client, RequestFactory, override_settings
from django.utils.module_loading import import_string

from recovery.middleware.headers import security_headers

HERE = {"HTTP_HOST": "localhost"}


def test_healthz_answers_without_host_session_or_database(client: Client) -> None:
    answer = client.get("/healthz", HTTP_HOST="10.0.0.7:8000")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok\n", "text/plain")
    assert "Set-Cookie" not in answer.headers
    assert "Content-Security-Policy" in answer.headers


def test_healthz_takes_nothing(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
    assert client.head("/healthz").status_code == 200


def test_a_proxy_s_request_id_is_kept_and_nonsense_replaced(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-def_123"})["X-Request-ID"] == "abc-def_123"
    for nonsense in ("short", "x" * 65, "spaces in it", "a\tb345678", "<script>"):
        assert client.get("/healthz", headers={"X-Request-ID": nonsense})["X-Request-ID"] != nonsense


def test_the_policy_allows_nothing_inline_and_nothing_foreign(client: Client) -> None:
    policy = client.get("/account/sign-in/", **HERE)["Content-Security-Policy"]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert {value for name, value in directives.items() if name.endswith("-src") and name != "default-src"} == {
        "'self'"
    }


def test_static_files_carry_the_headers_too(client: Client) -> None:
    answer = client.get("/static/recovery/icons.svg")
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    b"".join(answer.streaming_content)


@override_settings(HTTPS=True, HSTS_SECONDS=3600)
def test_hsts_only_where_it_is_asked_for() -> None:
    from django.http import HttpResponse

    answer = security_headers(lambda _: HttpResponse())(RequestFactory().get("/"))
    assert answer["Strict-Transport-Security"] == "max-age=3600"


@pytest.mark.django_db
def test_pages_are_compressed(client: Client) -> None:
    answer = client.get("/account/sign-in/", headers={"Accept-Encoding": "gzip"}, **HERE)
    assert answer["Content-Encoding"] == "gzip"


def test_the_chain_runs_in_one_thread() -> None:
    # A middleware that is asynchronous only, or a last one that could be, would cost a hop each.
    last = import_string(settings.MIDDLEWARE[-1])
    assert last.sync_capable
    assert not last.async_capable
    assert not any(asyncio.iscoroutinefunction(import_string(name)) for name in settings.MIDDLEWARE)


def test_logging_is_silent_about_what_others_did_wrong() -> None:
    assert logging.getLogger("django").getEffectiveLevel() == logging.WARNING
