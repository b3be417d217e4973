"""A service teaches its own secrets, and takes them back."""

from __future__ import annotations

import re

import pytest

from recovery.engine.scrub import add_pattern, add_secret_words, scrub_text, scrub_value


def test_own_names() -> None:
    take_back = add_secret_words("Pin-Code", "iban")
    try:
        assert scrub_value({"pin_code": 1234, "customerIban": "DE"}) == {"pin_code": "***", "customerIban": "***"}
        assert scrub_text("iban=DE12") == "iban=***"
    finally:
        take_back()
    take_back()
    assert scrub_value({"pin_code": 1234}) == {"pin_code": 1234}


def test_own_forms() -> None:
    take_back = add_pattern(r"\bCUST-\d{6}\b")
    try:
        assert scrub_text("for CUST-123456 only") == "for *** only"
    finally:
        take_back()
    assert scrub_text("for CUST-123456 only") == "for CUST-123456 only"


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="a secret word needs"):
        add_secret_words("--")
    with pytest.raises(re.error):
        add_pattern("(")
