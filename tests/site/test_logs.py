"""Log lines, for eyes and for collectors."""

from __future__ import annotations

import json
import logging
import sys

from recovery.middleware.request_id import RequestIdFilter, current
from recovery_site.logs import JsonFormatter, TextFormatter


def record(**extra: object) -> logging.LogRecord:
    made = logging.getLogger("recovery.some").makeRecord(
        "recovery.some", logging.WARNING, "f.py", 1, "%s é", ("said",), None, extra=extra
    )
    RequestIdFilter().filter(made)
    return made


def test_json_is_one_object_a_line_with_what_was_handed_over() -> None:
    token = current.set("abcdef12")
    try:
        line = json.loads(JsonFormatter().format(record(service="web", count=3)))
    finally:
        current.reset(token)
    assert line["message"] == "said é"
    assert (line["level"], line["logger"], line["service"], line["count"], line["request_id"]) == (
        "warning",
        "recovery.some",
        "web",
        3,
        "abcdef12",
    )
    assert line["time"].endswith("+00:00")


def test_json_carries_the_traceback() -> None:
    try:
        raise ValueError("inner")
    except ValueError:
        made = record()
        made.exc_info = sys.exc_info()
    text = JsonFormatter().format(made)
    assert "\n" not in text
    assert "ValueError: inner" in json.loads(text)["traceback"]


def test_text_names_the_request_where_there_is_one() -> None:
    assert TextFormatter().format(record()).endswith("recovery.some: said é")
    assert TextFormatter().format(record(request_id="abcdef12")).endswith("said é [abcdef12]")
