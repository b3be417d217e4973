"""What a secret looks like: names whose values are secret, and forms that give one away.

All patterns take linear time: a repetition is bounded, possessive (``++``), or can begin only where a run of its
characters begins. ``re`` is loaded and the patterns are compiled at the first use.
"""

from __future__ import annotations

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from re import Pattern

MARK = "***"

_ENDINGS = (
    "password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey",
    "authkey", "sessionid", "sessionkey", "credential", "credentials", "signature", "authorization", "cookie",
    "cookies", "connectionstring",
)  # fmt: skip
"""A name is secret when it ends in one of these, its case, ``-``, ``_`` and ``.`` aside …"""

_WHOLE = frozenset(("auth", "jwt", "pass", "sid", "sig"))
"""… or when its last word is one of these (``x-auth``, but not ``bypass``)."""

_FORMS = (
    (
        "private key-",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\Z)",
        MARK,
    ),
    ("://", r"://[^\s/?#\"'<>]{1,512}@", f"://{MARK}@"),
    ("://", r"://[^\s/:@\"'<>]{1,128}:(?!\d{1,5}[/?#])[^\s@\"'<>]{1,256}@", f"://{MARK}@"),
    *(
        (
            header,
            rf"(?i)({header}(?:\\?[\"'])?[ \t]{{0,4}}[:=][ \t]{{0,4}}(?:b?\\?[\"'])?)[^\s\"'\\][^\"'\\\r\n]*+",
            rf"\g<1>{MARK}",
        )
        for header in ("authorization", "cookie")
    ),
    ("bearer", r"(?i)\b(bearer[ \t]{1,4})[a-z0-9._~+/=-]{6,}", rf"\g<1>{MARK}"),
    ("eyj", r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?", MARK),
    ("", r"\bA(?:KI|SI|ID|RO)A[A-Z0-9]{16}\b", MARK),
    ("", r"\b(?:gh[opsur]_|github_pat_|glpat-|sk-|[prs]k_live_|[prs]k_test_|xox[abeoprs]-|AIza)[\w-]{16,}", MARK),
    ("key=", r"([?&]key=)[^&\s#\"'<>]+", rf"\g<1>{MARK}"),
)
"""Where a secret shows by its form: what the text has to contain (in lower case), the pattern, what takes its place."""

_NAMES = (
    ((":", "=", "%3"), r"""(?<![\w.-])([\w.-]++)(?:\\?["'])?[ \t]{0,4}(?:[:=]{1,2}>?|%3[AaDd])[ \t]{0,4}"""),
    (("--",), r"""(?<![\w.-])--([\w.-]++)[ \t]{1,4}(?!-)"""),  # a command line
)
_VALUE = r"""(?x)
    (\[?b?\\?["']) (?: (?<=\\["']) [^"'\\\r\n]*+ | (?<=") (?:[^"\\\r\n]|\\.)*+ | (?<=') (?:[^'\\\r\n]|\\.)*+ )
  | () [^\s"'\\,;&(){}\[\]<>] (?: [^\s"'\\,;&] | [,;](?![\s]|[\w.-]*+[=:]|\Z) )*+
"""

_extra_endings: tuple[str, ...] = ()
_extra_forms: tuple[tuple[str, str], ...] = ()


def without_secrets(text: str) -> str:
    """The text with a mark in the place of each secret."""
    forms, names, value = _compiled(_extra_forms)
    lowered = text.lower()
    for hint, pattern, instead in forms:
        if hint in lowered:
            text = pattern.sub(instead, text)
    for hints, name in names:
        if any(hint in text for hint in hints):
            text = _without_named(text, name, value)
    return text


def is_secret_name(name: str) -> bool:
    """Does a value of this name have to be hidden?"""
    name = name[-100:].lower()
    if "".join(filter(str.isalnum, name)).endswith(_ENDINGS + _extra_endings):
        return True
    return name.replace("-", "_").replace(".", "_").rpartition("_")[2] in _WHOLE


def add_secret_words(*words: str) -> Callable[[], None]:
    """Names that end in one of these words are secret from now on; call the result to take them back."""
    global _extra_endings
    added = tuple("".join(filter(str.isalnum, word.lower())) for word in words)
    if not all(added):
        raise ValueError(f"a secret word needs a letter or a digit, got {words!r}")
    _extra_endings += added

    def take_back() -> None:
        global _extra_endings
        kept = list(_extra_endings)
        for word in added:
            if word in kept:
                kept.remove(word)
        _extra_endings = tuple(kept)

    return take_back


def add_pattern(pattern: str, instead: str = MARK) -> Callable[[], None]:
    """What matches this regular expression is secret from now on; call the result to take it back.

    It runs on texts of up to 64,000 characters that others chose: keep its repetitions bounded.
    """
    import re

    global _extra_forms
    re.compile(pattern)
    added = (pattern, instead)
    _extra_forms += (added,)

    def take_back() -> None:
        global _extra_forms
        _extra_forms = tuple(form for form in _extra_forms if form is not added)

    return take_back


@lru_cache(maxsize=4)
def _compiled(
    extra: tuple[tuple[str, str], ...],
) -> tuple[list[tuple[str, Pattern[str], str]], list[tuple[tuple[str, ...], Pattern[str]]], Pattern[str]]:
    import re

    forms = [(hint, re.compile(form), instead) for hint, form, instead in _FORMS]
    forms += [("", re.compile(form), instead) for form, instead in extra]
    return forms, [(hints, re.compile(name)) for hints, name in _NAMES], re.compile(_VALUE)


def _without_named(text: str, name: Pattern[str], value: Pattern[str]) -> str:
    """Hide the values of secret names: ``password=…``, ``"token": "…"``, ``?sig=…``."""
    pieces, done, found = [], 0, name.search(text)
    while found:
        at = found.end(1)  # only a name's end: what follows may be the beginning of the next one
        if is_secret_name(found[1]) and (hit := value.match(text, found.end())):
            pieces += [text[done : found.end()], hit[1] or "", MARK]
            at = done = hit.end()
        found = name.search(text, at)
    return "".join(pieces) + text[done:]
