"""Linear time, and the same result when done twice, whatever the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recovery.engine.scrub import scrub_text, scrub_value
from recovery.engine.secret_forms import without_secrets

HOSTILE = {
    "letters": "a", "scheme": "a://", "userinfo": "://x", "at": "://a:@", "jwt": "-eyJaaaaaaaa", "colons": "a:",
    "jwt parts": "eyJaaaaaaaa.", "pem": "-----BEGIN PRIVATE KEY-----", "equals": "=", "names": "password=",
    "commas": "password=,a", "quotes": 'password="', "backslashes": '"\\', "bearer": "bearer ", "prefix": "sk-",
    "headers": "authorization:", "dashes": "--", "spaces": " ", "dots": "password.", "cookies": "cookie: ",
    "keys": "?key=", "brackets": "[b'", "percent": "token%3D",
}  # fmt: skip
WORDS = ["token", "password", "Authorization", "Bearer", "abcdefgh", "***", "-----END PRIVATE KEY-----", "key", "%3A"]


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_takes_linear_time(piece: str) -> None:
    def seconds(size: int) -> float:
        text = "x=" + piece * (size // len(piece))
        started = time.process_time()
        without_secrets(text)
        return time.process_time() - started

    # Quadratic would be 100 times; a floor keeps the clock's grain out of it.
    assert 40 * max(seconds(10_000), 0.005) > seconds(100_000)


FRAGMENTS = st.sampled_from([*HOSTILE.values(), *WORDS, *"://@= '\"\\\n,;&?[](){}b><"])


@example("password=bearer %3Apassword=a")
@given(st.lists(FRAGMENTS, max_size=20).map("".join))
def test_scrubbing_twice_changes_nothing(text: str) -> None:
    once = scrub_text(text)
    assert once == scrub_text(once)


@given(st.text())
def test_scrubbing_any_text_twice_changes_nothing(text: str) -> None:
    once = scrub_text(text)
    assert once == scrub_text(once)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12) | FRAGMENTS, inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_scrubbing_any_data_twice_changes_nothing(value: object) -> None:
    once = scrub_value(value)
    assert once == scrub_value(once)


@given(
    st.sampled_from(["password", "api_key", "token", "secret"]),
    st.text(st.characters(categories=["L", "N"]), min_size=5),
)
def test_a_named_secret_never_survives(name: str, secret: str) -> None:
    for text in (f"{name}={secret}", f'"{name}": "{secret}"', f"{name}: {secret}, x", f"a {name}='{secret}' b"):
        assert secret not in scrub_text(text).replace(name, "")
