"""Secrets in texts."""

from __future__ import annotations

import pytest

from recovery.engine.scrub import scrub_text

HIDDEN = [
    ("password=hunter2 and more", "password=*** and more"),
    ("PASSWORD: hunter2", "PASSWORD: ***"),
    ("db_password = 'hun ter2'", "db_password = '***'"),
    ('{"password": "hun\\"ter2", "a": 1}', '{"password": "***", "a": 1}'),
    (r"{\"token\": \"hunter2\"}", r"{\"token\": \"***\"}"),
    ("secret=b'hunter2'", "secret=b'***'"),
    ("accessToken=hunter2", "accessToken=***"),
    ("aws_secret_access_key=hunter2", "aws_secret_access_key=***"),
    ("X-Api-Key: hunter2", "X-Api-Key: ***"),
    ("Server=a;Password=hun;ter2;Uid=b", "Server=a;Password=***;Uid=b"),
    ("password=a(b)c,d", "password=***"),
    ("run --password hunter2 --fast", "run --password *** --fast"),
    ("--token=hunter2", "--token=***"),
    ("https://x/?token=hunter2&page=2", "https://x/?token=***&page=2"),
    ("https://x/?page=2&key=hunter2#top", "https://x/?page=2&key=***#top"),
    ("next=https://x/?access_token=hunter2", "next=https://x/?access_token=***"),
    ("q=token%3Dhunter2", "q=token%3D***"),
    ("https://x/?sig=hunter2", "https://x/?sig=***"),
    ("postgres://bob:hunter2@db/x", "postgres://***@db/x"),
    ("postgres://bob:hun@ter2@db:5432/x", "postgres://***@db:5432/x"),
    ("amqp://bob:hun/ter2@mq/x", "amqp://***@mq/x"),
    ("https://hunter2@github.com/a/b", "https://***@github.com/a/b"),
    ("Authorization: Basic Ym9iOmh1bnRlcjI=\r\nHost: x", "Authorization: ***\r\nHost: x"),
    ("{'Authorization': 'Bearer abc.def', 'x': 'y'}", "{'Authorization': '***', 'x': 'y'}"),
    ("proxy-authorization=Digest a, b", "proxy-authorization=***"),
    ("sent Bearer abcdef.ghi-jkl= to x", "sent Bearer *** to x"),
    ("Set-Cookie: id=hunter2; Path=/", "Set-Cookie: ***"),
    ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl here", "got *** here"),
    ("key AKIAIOSFODNN7EXAMPLE used", "key *** used"),
    ("ghp_" + "a" * 36 + " leaked", "*** leaked"),
    ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb", "a\n***\nb"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\ncut off", "***"),
]


@pytest.mark.parametrize(("text", "scrubbed"), HIDDEN)
def test_it_is_hidden(text: str, scrubbed: str) -> None:
    assert scrubbed == scrub_text(text)


@pytest.mark.parametrize(("_", "scrubbed"), HIDDEN)
def test_what_is_scrubbed_stays_as_it_is(_: str, scrubbed: str) -> None:
    assert scrubbed == scrub_text(scrubbed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Invalid password for bob",
        "max_tokens=100, tokens: 5",
        "KeyError: 'key'",
        "http://host:80/path?mail=me@example.com",
        "mail bob@example.com",
        "bypass=true",
        "the secretary: Ann",
        "unexpected token ')'",
        "12:30:45",
        "C:\\Users\\bob",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert text == scrub_text(text)
