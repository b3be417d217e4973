"""What can be read off an exception without knowing its library: code, status, errno, SQLSTATE, text.

Attributes and ``__str__`` of other people's exceptions may raise; then the fact is simply not there.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

READ = frozenset(
    ("status_code", "status", "code", "response", "errno", "sqlstate", "pgcode", "sqlite_errorname"),
)


class Facts:
    """The facts of one exception; ``key`` identifies them without keeping its text."""

    __slots__ = ("_spaced", "code", "errno", "sqlstate", "status", "text")

    def __init__(self, exception: BaseException) -> None:
        response = read(exception, "response")
        self.code = _code_of(exception, response)
        self.status = _status_of(exception, response)
        self.errno = _whole(read(exception, "errno"))
        self.sqlstate = _sqlstate_of(exception)
        self.text = text_of(exception)
        self._spaced: str | None = None

    @property
    def spaced_text(self) -> str:
        """The text made ready for the search of words; worked out once."""
        if self._spaced is None:
            from .rule import spaced

            self._spaced = spaced(self.text)
        return self._spaced

    @property
    def any(self) -> bool:
        """Is there any fact but the text?"""
        return self.key[:4] != (None, None, None, None)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal facts. The text goes in as its hash: texts may hold secrets, and are not to be kept."""
        return (self.code, self.status, self.errno, self.sqlstate, hash(self.text))


def read(holder: object, name: str) -> Any:
    """``holder.name``, or None when it is missing or raises."""
    try:
        return getattr(holder, name, None)
    except Exception:
        return None


def text_of(exception: BaseException) -> str:
    """``str(exception)``, or nothing when that raises."""
    try:
        return str(exception)
    except Exception:
        return ""


def declares(cls: type[BaseException]) -> bool:
    """May instances of this class have facts that are not in their ``__dict__``?"""
    if cls.__getattribute__ is not BaseException.__getattribute__:
        return True
    return any("__getattr__" in vars(base) or not READ.isdisjoint(vars(base)) for base in cls.__mro__)


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _http_status(value: object, lowest: int = 100) -> int | None:
    if isinstance(value, str) and len(value) == 3 and value.isdecimal():
        value = int(value)
    number = _whole(value)
    return number if number is not None and lowest <= number <= 599 else None


def _status_of(exception: BaseException, response: object) -> int | None:
    if isinstance(response, dict):
        return _http_status(_within(response, "ResponseMetadata", "HTTPStatusCode"))
    for holder, name, lowest in (
        (exception, "status_code", 100),
        (response, "status_code", 100),
        (exception, "status", 100),
        (response, "status", 100),
        (exception, "code", 400),  # any library's own numbers may stand here: only plain refusals are believed
    ):
        status = None if holder is None else _http_status(read(holder, name), lowest)
        if status is not None:
            return status
    return None


def _code_of(exception: BaseException, response: object) -> str | None:
    found = (
        (_within(response, "Error", "Code"),)
        if isinstance(response, dict)
        else (read(exception, "sqlite_errorname"), read(exception, "code"))
    )
    return next((code.lower() for code in found if isinstance(code, str)), None)


def _within(response: dict[Any, Any], outer: str, inner: str) -> object:
    try:
        return response[outer][inner]
    except Exception:
        return None


def _sqlstate_of(exception: BaseException) -> str | None:
    for name in ("sqlstate", "pgcode"):
        state = read(exception, name)
        if isinstance(state, str) and len(state) == 5:
            return state.upper()
    return None
