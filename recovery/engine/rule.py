"""One row of the table of rules: what an exception must look like, and what follows from it."""

from __future__ import annotations

from functools import lru_cache

from .enums import ErrorCategory, ErrorSeverity, RetryReason
from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .facts import Facts

LOOK_IN_THE_LOGS = "Review error logs for more details"

_PUNCTUATION = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[]^_`\\{|}~", " "))
_MOST_TEXT = 2_000


class Classification(Record):
    """What an exception means: category, reason, severity, and the name of the rule that said so."""

    category: ErrorCategory
    reason: RetryReason
    severity: ErrorSeverity
    rule: str


class Rule(Record):
    """One row: *all* given conditions must hold; a row without conditions matches everything.

    ``types``: exception classes, or ``"root.Name"`` for a class of that name from that top-level module (``"*.Name"``:
    from any), found in the exception's MRO, so that no library needs to be imported. ``codes`` are a service's own
    error codes, ``statuses`` HTTP statuses, ``sqlstates`` whole states or their first characters, ``words`` whole words
    (any one of them) of the text, whatever their case and punctuation. ``when`` is a predicate of the exception.

    ``stop``: a handler stops retrying. ``vague``: the verdict yields to that of the exception's ``__cause__``.
    """

    name: str
    category: ErrorCategory
    reason: RetryReason
    severity: ErrorSeverity = ErrorSeverity.MEDIUM
    stop: bool = False
    suggestions: tuple[str, ...] = ()
    types: tuple[type[BaseException] | str, ...] = ()
    codes: Collection[str] = ()
    statuses: Collection[int] = ()
    errnos: Collection[int] = ()
    sqlstates: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    when: Callable[[BaseException], bool] | None = None
    vague: bool = False

    @property
    def verdict(self) -> Classification:
        """The classification this row gives."""
        return Classification(category=self.category, reason=self.reason, severity=self.severity, rule=self.name)

    @property
    def by_text(self) -> bool:
        """True when no fact but the text is asked for."""
        return not (self.codes or self.statuses or self.errnos or self.sqlstates)

    @property
    def by_type_alone(self) -> bool:
        """True when nothing but the type is asked for."""
        return self.by_text and not (self.words or self.when)

    def fits(self, cls: type[BaseException]) -> bool:
        """Does the type condition hold for this class?"""
        return not self.types or any(_is_kind_of(cls, wanted) for wanted in self.types)

    def holds(self, facts: Facts) -> bool:
        """Do all the conditions but that of the type and ``when`` hold?"""
        if self.codes and (facts.code is None or facts.code not in {code.lower() for code in self.codes}):
            return False
        if self.statuses and facts.status not in self.statuses:
            return False
        if self.errnos and facts.errno not in self.errnos:
            return False
        if self.sqlstates and not (facts.sqlstate and facts.sqlstate.startswith(self.sqlstates)):
            return False
        return not self.words or _any_in(_all_spaced(self.words), facts.spaced_text)


UNKNOWN = Rule(name="unknown", category=ErrorCategory.UNKNOWN, reason=RetryReason.UNKNOWN, vague=True)


def spaced(text: str) -> str:
    """Lower case, punctuation turned into single spaces, one at either end: so that ``in`` finds whole words only."""
    return f" {' '.join(text[:_MOST_TEXT].lower().translate(_PUNCTUATION).split())} "


def _any_in(words: tuple[str, ...], text: str) -> bool:
    for word in words:  # noqa: SIM110 - a generator would double the cost
        if word in text:
            return True
    return False


@lru_cache(maxsize=512)
def _all_spaced(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(spaced, words))


def _is_kind_of(cls: type[BaseException], wanted: type[BaseException] | str) -> bool:
    if not isinstance(wanted, str):
        return issubclass(cls, wanted)
    root, _, name = wanted.partition(".")
    return any(base.__name__ == name and root in ("*", _root_of(base)) for base in cls.__mro__)


def _root_of(cls: type) -> str:
    return str(cls.__module__).partition(".")[0]
