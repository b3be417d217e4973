"""Connect to an address that was looked at: resolved once, checked, and then pinned; DNS cannot change its mind."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from ssl import SSLContext, create_default_context

from .addresses import Address, Networks, refused

MOST_ADDRESSES = 4
STREAM_LIMIT = 16 * 1024

# Of its own: a name server that hangs must not take the threads that others need.
_resolvers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="recovery-resolve")

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Unreachable(Exception):
    """The target cannot, or may not, be reached; the text is for people."""


async def addresses_of(host: str, port: int, allowed: Networks) -> list[Address]:
    """The addresses of a host that may be reached; raises Unreachable if there is none."""
    found = await _resolved(host, port)
    reasons = {address: refused(address, allowed) for address in found}
    good = [address for address, reason in reasons.items() if not reason]
    if not good:
        reason = next(iter(reasons.values()), "it has no address")
        raise Unreachable(f"refused: {reason}; HEALTH_ALLOWED_NETWORKS can allow it" if reasons else reason)
    return good[:MOST_ADDRESSES]


async def connected(host: str, port: int, allowed: Networks, *, secure: bool = False) -> Streams:
    """Streams to the first address that takes the connection; TLS is checked against the host's name."""
    problem: OSError | None = None
    for address in await addresses_of(host, port, allowed):
        try:
            return await asyncio.open_connection(
                str(address),
                port,
                limit=STREAM_LIMIT,
                ssl=tls() if secure else None,
                server_hostname=host if secure else None,
            )
        except OSError as error:
            problem = error
    raise Unreachable(_words(problem)) from problem


def tls() -> SSLContext:
    """Certificates are checked, as browsers do."""
    return create_default_context()


async def closed(writer: asyncio.StreamWriter) -> None:
    """Hang up at once; what the other side has still to say is of no interest."""
    writer.transport.abort()
    await asyncio.sleep(0)


async def _resolved(host: str, port: int) -> list[Address]:
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        infos = await loop.run_in_executor(_resolvers, _look_up, host, port)
    except (socket.gaierror, UnicodeError) as error:
        raise Unreachable(f"{host} has no address: {getattr(error, 'strerror', None) or error}") from error
    return list(dict.fromkeys(ip_address(str(info[4][0]).partition("%")[0]) for info in infos))


def _look_up(host: str, port: int) -> list[tuple[int, int, int, str, tuple[str | int, ...]]]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)  # type: ignore[return-value]


def _words(problem: OSError | None) -> str:
    if problem is None:
        return "no connection"
    if isinstance(problem, ConnectionRefusedError):
        return "connection refused"
    return getattr(problem, "verify_message", "") or problem.strerror or str(problem) or type(problem).__name__
