"""What a target is."""

from __future__ import annotations

import pytest

from recovery.health.targets import http_target, target_problem, tcp_target


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://example.org", "http://example.org/"),
        ("https://Example.org:443/a/b?c=d#e", "https://example.org/a/b?c=d"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4"),
    ],
)
def test_a_url_is_read(text: str, url: str) -> None:
    assert http_target(text).url == url


@pytest.mark.parametrize(
    ("text", "host", "port"), [("db:5432", "db", 5432), ("[::1]:80", "::1", 80), ("10.0.0.1:1", "10.0.0.1", 1)]
)
def test_host_and_port_are_read(text: str, host: str, port: int) -> None:
    assert tcp_target(text) == (host, port)


@pytest.mark.parametrize(
    "text",
    [
        *("", "example.org", "ftp://x/", "http://", "http://:80/", "http://x:0/", "http://x:99999/", "http://x:a/"),
        *("http://a b/", "http://x/\r\nHost: y", "http://x\\@y/", "http://u:p@x/", "http://x/" + "a" * 500),
        *(
            "http://[fe80::1%25eth0]/",
            "http://" + "a" * 64 + ".x/",
            "http://a..b/",
            "http://[::1/",
            "javascript:alert(1)",
        ),
    ],
)
def test_what_is_no_url_is_said(text: str) -> None:
    assert target_problem("http", text)


@pytest.mark.parametrize(
    "text", ["", "host", "host:", ":80", "host:x", "host:0", "host:70000", "::1:80", "a b:80", "h:²", "[fe80::1%1]:80"]
)
def test_what_is_no_host_and_port_is_said(text: str) -> None:
    assert target_problem("tcp", text)


def test_a_good_one_has_no_problem() -> None:
    assert target_problem("http", "https://example.org/health") == ""
    assert target_problem("tcp", "example.org:5432") == ""
