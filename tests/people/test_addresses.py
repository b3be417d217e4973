"""From where somebody came: only trusted proxies may say so."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory, override_settings

from recovery.middleware.address import address_of
from recovery_site import env

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]


def seen(peer: str, forwarded: str = "") -> str:
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return address_of(RequestFactory().get("/", REMOTE_ADDR=peer, **more))


def test_without_proxies_the_peer_counts_whatever_it_says() -> None:
    assert seen("192.0.2.7", "203.0.113.9") == "192.0.2.7"


@override_settings(TRUSTED_PROXIES=PROXIES)
@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("10.0.0.7", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.7", "1.1.1.1, 203.0.113.9", "203.0.113.9"),  # what stands before it the client may have written
        ("10.0.0.7", "203.0.113.9, 10.0.0.8", "203.0.113.9"),  # two proxies
        ("10.0.0.7", "10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("10.0.0.7", "", "10.0.0.7"),
        ("10.0.0.7", "unknown", "10.0.0.7"),
        ("10.0.0.7", "203.0.113.9, <script>", "10.0.0.7"),
        ("192.0.2.7", "203.0.113.9", "192.0.2.7"),  # no proxy of ours
        ("2001:db8::1", "2001:4860::8", "2001:4860::8"),
        ("", "203.0.113.9", ""),
    ],
)
def test_behind_one_the_last_address_that_is_no_proxy_counts(peer: str, forwarded: str, expected: str) -> None:
    assert seen(peer, forwarded) == expected


def test_a_setting_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8, the proxy")
    with pytest.raises(ImproperlyConfigured, match="'the proxy' is no address or network"):
        env.networks("TRUSTED_PROXIES")
