"""What a check looks at: a URL, or host:port."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST = 500
PORTS = {"http": 80, "https": 443}


class BadTarget(ValueError):
    """This is no target, and why."""


@dataclass(frozen=True)
class HttpTarget:
    """A URL taken apart. ``path`` has the query, and is ASCII."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL again."""
        return f"{'https' if self.secure else 'http'}://{self.authority}{self.path}"


def http_target(text: str) -> HttpTarget:
    """Read a URL; raises BadTarget."""
    _plain(text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as problem:
        raise BadTarget(f"{text!r} is no URL: {problem}") from problem
    if parts.scheme not in PORTS:
        raise BadTarget(f"{text!r} must begin with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise BadTarget("a URL with a user name or password in it is refused: it would be shown to everybody")
    path = parts.path or "/"
    return HttpTarget(
        secure=parts.scheme == "https",
        host=_host(parts.hostname or "", text),
        port=_port(PORTS[parts.scheme] if port is None else port, text),
        path=_ascii(f"{path}?{parts.query}" if parts.query else path),
    )


def tcp_target(text: str) -> tuple[str, int]:
    """Read host:port ([host]:port for IPv6); raises BadTarget."""
    _plain(text)
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit():
        raise BadTarget(f"{text!r} must be host:port")
    bracketed = host.startswith("[") and host.endswith("]")
    if ":" in host and not bracketed:
        raise BadTarget(f"{text!r}: write an IPv6 address in brackets, as in [::1]:5432")
    return _host(host.strip("[]") if bracketed else host, text), _port(int(port), text)


def target_problem(kind: str, text: str) -> str:
    """What is wrong with a target of this kind (http, tcp); empty: nothing."""
    try:
        http_target(text) if kind == "http" else tcp_target(text)
    except BadTarget as problem:
        return str(problem)
    return ""


def _plain(text: str) -> None:
    if len(text) > LONGEST:
        raise BadTarget(f"a target has at most {LONGEST} characters, this one {len(text)}")
    if any(char.isspace() or not char.isprintable() or char == "\\" for char in text):
        raise BadTarget(f"{text[:80]!r} has white space, a backslash or control characters in it")


def _host(host: str, text: str) -> str:
    if not host:
        raise BadTarget(f"{text!r} names no host")
    if "%" in host:
        raise BadTarget(f"{text!r}: an address with a zone is refused")
    try:
        encoded = host.encode("idna").decode() if ":" not in host else host
    except UnicodeError as problem:
        raise BadTarget(f"{text!r}: {host!r} is no host name") from problem
    if len(encoded) > 253:
        raise BadTarget("a host name has at most 253 characters")
    return encoded


def _port(port: int, text: str) -> int:
    if not 1 <= port <= 65535:
        raise BadTarget(f"{text!r}: a port is from 1 to 65535")
    return port


def _ascii(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/?&=%:@!$'()*+,;~-._[]#")
