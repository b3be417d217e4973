"""What a client is told: by its caller, else by the environment."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from recovery.wire import PATH, limits

from .texts import clean

TRANSPORTS = ("auto", "websocket", "http")
Check = Callable[[], object]


@dataclass(frozen=True)
class Options:
    """Checked and complete. ``token`` None: read from the environment each time, so that it may be renewed there."""

    url: str
    token: str | None = field(repr=False)
    service_version: str = ""
    restore: bool = False
    state_file: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    logs: int | None = None
    transport: str = "auto"
    restart: Callable[[], object] | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    host: str = ""

    def current_token(self) -> str:
        """The token to show now."""
        return self.token if self.token is not None else os.environ.get("RECOVERY_TOKEN", "").strip()

    @property
    def can(self) -> tuple[str, ...]:
        """What this process is able to carry out."""
        able = ["log_level"] if self.logs is not None else []
        able += ["restart"] if self.restart is not None else []
        able += ["checks", *(f"check:{name}" for name in sorted(self.checks))] if self.checks else []
        return tuple(able)


def options(
    url: str | None,
    token: str | None,
    *,
    service_version: str | None,
    restore: bool,
    state_file: str | os.PathLike[str] | None,
    labels: Mapping[str, str] | None,
    logs: int | bool | str | None,
    transport: str,
    restart: Callable[[], object] | None,
    checks: Mapping[str, Check] | None,
) -> Options | None:
    """The options, or None where neither caller nor environment names a console. ValueError says what is wrong."""
    given = url if url is not None else os.environ.get("RECOVERY_URL", "").strip()
    if not given:
        return None
    if transport not in TRANSPORTS:
        raise ValueError(f"transport must be one of {', '.join(TRANSPORTS)}, got {transport!r}")
    if token is not None and (not token.strip() or not token.isascii() or not token.isprintable()):
        raise ValueError("token must be the text that the console showed once")
    version = service_version if service_version is not None else os.environ.get("RECOVERY_VERSION", "")
    return Options(
        url=link_url(given),
        token=token.strip() if token is not None else None,
        service_version=clean(version, limits.NAME),
        restore=bool(restore),
        state_file=os.fspath(state_file) if state_file is not None else None,
        labels=_labels(labels or {}),
        logs=_level(logs),
        transport=transport,
        restart=restart,
        checks=_checks(checks or {}),
        host=clean(socket.gethostname(), limits.NAME // 2) or "unknown",
    )


def link_url(url: str) -> str:
    """The WebSocket address of the link: ``https://console.example`` → ``wss://console.example/link/v1``."""
    parts = urlsplit(url.strip())
    schemes = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"url must be http(s)://host or ws(s)://host, got {clean(url, 100)!r}")
    if parts.username or parts.password:
        raise ValueError("url must carry no password: the token is given apart")
    path = parts.path.rstrip("/")
    return urlunsplit((schemes[parts.scheme], parts.netloc, path if path.endswith(PATH) else path + PATH, "", ""))


def engine_version() -> str:
    """The version of Recovery; read off the package, because asking ``importlib.metadata`` costs 3 MB."""
    return str(getattr(sys.modules.get("recovery"), "__version__", ""))


def process_id(host: str, started: float) -> str:
    """An id that no other process has, and none had before."""
    return f"{host}.{os.getpid()}.{int(started)}.{os.urandom(4).hex()}"


def _labels(labels: Mapping[str, str]) -> dict[str, str]:
    if len(labels) > limits.FIELDS:
        raise ValueError(f"labels: at most {limits.FIELDS}, got {len(labels)}")
    return {clean(str(name), limits.NAME): clean(str(value)) for name, value in labels.items() if str(name)}


def _checks(checks: Mapping[str, Check]) -> dict[str, Check]:
    longest = limits.ID - len("check:")
    if bad := [name for name in checks if not callable(checks[name]) or not 0 < len(name) <= longest]:
        raise ValueError(f"checks must be callables with names of 1 to {longest} characters; bad: {bad[:5]!r}")
    if len(checks) > limits.FIELDS - 4:
        raise ValueError(f"checks: at most {limits.FIELDS - 4}, got {len(checks)}")
    return dict(checks)


def _level(logs: int | bool | str | None) -> int | None:
    import logging

    if logs is None or logs is False:
        return None
    if logs is True:
        return logging.INFO
    level = logging.getLevelNamesMapping().get(logs.upper()) if isinstance(logs, str) else logs
    if level is None or not 0 <= level <= 1000:
        raise ValueError(f"logs must be a level such as logging.WARNING, True or None, got {logs!r}")
    return level
