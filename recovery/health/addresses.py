"""Which addresses a probe may reach. Private, local and metadata ranges are refused unless they are allow-listed."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]

# Where clouds hand out credentials. They are let in one by one only: a wide allow-list does not open them.
METADATA = frozenset(
    map(
        ip_address,
        ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"),
    )
)
NAT64 = ip_network("64:ff9b::/96")
SIX_TO_FOUR = ip_network("2002::/16")


def networks(words: Iterable[str]) -> Networks:
    """The allow-list from its words: addresses or networks (10.0.0.0/8). Raises ValueError that names the wrong one."""
    found = []
    for word in words:
        try:
            found.append(ip_network(word.strip(), strict=False))
        except ValueError as problem:
            raise ValueError(f"{word!r} is no network; use for example 10.1.0.0/16 or fd12::/16") from problem
    return tuple(found)


def refused(address: Address, allowed: Networks = ()) -> str:
    """Why this address may not be reached; empty: it may."""
    inner = embedded(address)
    if inner is not None:
        return refused(inner, allowed)
    inside = [network for network in allowed if address in network]  # another version's is never inside
    if address in METADATA:
        exact = any(network.num_addresses == 1 for network in inside)
        return "" if exact else f"{address} is a metadata service"
    if inside:
        return ""
    return "" if _public(address) else f"{address} is {_kind(address)}"


def embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, NAT64 or 6to4."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour if address in SIX_TO_FOUR else None


def _public(address: Address) -> bool:
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    return address.is_global and not special


def _kind(address: Address) -> str:
    if address.is_loopback:
        return "this machine itself"
    if address.is_link_local:
        return "a link-local address"
    if address.is_private:
        return "a private address"
    return "no public address"
