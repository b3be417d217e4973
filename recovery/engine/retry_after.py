"""When the other side says how long to wait: ``Retry-After``, read off an exception."""

from __future__ import annotations

from itertools import islice

from .facts import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_LONGEST_TEXT = 100
_MOST_HEADERS = 200


def retry_after_of(exception: BaseException, now: Callable[[], datetime]) -> float | None:
    """Seconds to wait that the exception brings, or None.

    Asked are its ``retry_after`` (number, text, timedelta, datetime), then the ``Retry-After`` header of its
    ``response`` or its own ``headers``. 0 or a past date is 0.0; negative, NaN or unreadable is ignored.
    """
    value = read(exception, "retry_after")
    if value is not None and (seconds := _seconds(value, now)) is not None:
        return seconds
    response = read(exception, "response")
    headers = read(exception, "headers") if response is None else _headers_of(response)
    return None if headers is None else _seconds(_header(headers), now)


def _headers_of(response: object) -> object:
    if isinstance(response, dict):  # botocore
        metadata = response.get("ResponseMetadata")
        return metadata.get("HTTPHeaders") if isinstance(metadata, dict) else None
    return read(response, "headers")


def _header(headers: object) -> object:
    """The header's value, however the mapping treats upper and lower case."""
    get = read(headers, "get")
    if not callable(get):
        return None
    try:
        value = get("Retry-After")
        if value is None and isinstance(headers, dict):
            names = islice(headers, _MOST_HEADERS)
            wanted = next((n for n in names if isinstance(n, str) and n.lower() == "retry-after"), None)
            value = headers.get(wanted)
    except Exception:
        return None
    return value


def _seconds(value: object, now: Callable[[], datetime]) -> float | None:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return _legal(value)
    try:
        if isinstance(value, str):
            return _from_text(value.strip(), now)
        return _from_time(value, now)
    except Exception:  # whatever it is: unreadable is ignored
        return None


def _legal(value: float) -> float | None:
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds + 0.0 if seconds >= 0 else None  # + 0.0: no minus zero; NaN is not >= 0


def _from_text(text: str, now: Callable[[], datetime]) -> float | None:
    if not text or len(text) > _LONGEST_TEXT:
        return None
    if text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdecimal():
        return _legal(float(text))
    if text[0].isalpha():
        from email.utils import parsedate_to_datetime

        return _from_time(parsedate_to_datetime(text), now)
    return None


def _from_time(value: object, now: Callable[[], datetime]) -> float | None:
    from datetime import UTC, datetime, timedelta

    if isinstance(value, timedelta):
        return _legal(value.total_seconds())
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return max(0.0, (aware - now()).total_seconds())
    return None
