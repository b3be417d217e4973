"""Which addresses may be reached."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from recovery.health.addresses import networks, refused

REFUSED = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "169.254.1.1"),
    *("100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.2.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1"),
]


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert refused(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_what_is_public_is_not(address: str) -> None:
    assert refused(ip_address(address)) == ""


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "127.0.0.1", "fd12::5"])
def test_the_list_allows(address: str) -> None:
    assert refused(ip_address(address), networks(["10.1.0.0/16", "127.0.0.1", "fd12::/16"])) == ""


def test_a_wide_list_opens_no_metadata_service() -> None:
    everything = networks(["0.0.0.0/0", "::/0"])
    assert refused(ip_address("10.0.0.1"), everything) == ""
    assert refused(ip_address("169.254.169.254"), everything)
    assert refused(ip_address("fd00:ec2::254"), everything)
    assert refused(ip_address("169.254.169.254"), networks(["169.254.169.254"])) == ""


def test_a_word_that_is_no_network_is_named() -> None:
    with pytest.raises(ValueError, match="'localhost' is no network"):
        networks(["10.0.0.0/8", "localhost"])
