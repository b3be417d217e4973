"""Typed readers of the environment. They fail loudly, and say what would have been accepted.

A secret may also stand in a file that NAME_FILE names, so that it need not be in the process's environment.
"""

from __future__ import annotations

import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})


def text(name: str, default: str = "") -> str:
    """The value as it stands, without white space around it; an empty one counts as missing."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """A yes or a no."""
    value = text(name).lower()
    if not value:
        return default
    if value not in YES | NO:
        raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no. Use one of: {_words(YES)}; {_words(NO)}.")
    return value in YES


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number within its range."""
    value = text(name)
    if not value:
        return default
    if not re.fullmatch("-?[0-9]+", value) or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number from {least} to {most}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list, separated by commas."""
    return [word for part in text(name, default).split(",") if (word := part.strip())]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks, separated by commas."""
    found = []
    for word in words(name):
        try:
            found.append(ip_network(word))
        except ValueError as problem:
            raise ImproperlyConfigured(
                f"{name}: {word!r} is no address or network, such as 10.0.0.7 or 10.1.0.0/16."
            ) from problem
    return found


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of a few words."""
    value = text(name, default).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r} is unknown. Use one of: {', '.join(choices)}.")
    return value


def folder(name: str, default: str) -> Path:
    """An absolute folder; it need not exist yet."""
    return Path(text(name, default)).expanduser().absolute()


def secret(name: str) -> str:
    """The value of NAME, or the content of the file that NAME_FILE names; both at once is a mistake."""
    value, path = text(name), text(f"{name}_FILE")
    if value and path:
        raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set. Keep one of them.")
    return _content(name, Path(path)) if path else value


def _content(name: str, path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise ImproperlyConfigured(f"{name}_FILE={path} cannot be read: {problem}.") from problem
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE={path} is empty.")
    return value


def _words(values: frozenset[str]) -> str:
    return ", ".join(sorted(values))
