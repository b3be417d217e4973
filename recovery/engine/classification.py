"""What an exception means: ``classify(exception) -> Classification(category, reason, severity, rule)``.

Asked in this order: exception type, then ``status_code`` / ``response.status_code`` / ``status`` / ``code``, ``errno``,
SQLSTATE, then words of the text. Types are recognised by their names and modules; no client library is imported.

* A group is judged by its worst member (PERSISTENT, SYSTEM, UNKNOWN, TRANSIENT; of equals the first).
* An exception that says little (UNKNOWN, a bare ``OSError``, an ORM's database error) is judged by its ``__cause__``.
* ``FileNotFoundError`` is PERSISTENT / NOT_FOUND: a retry finds no more. ``PermissionError`` is SYSTEM.
"""

from __future__ import annotations

from .rule import Classification, Rule
from .rules import RULES, Rules, add_rule, remove_rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .enums import RetryReason

__all__ = ["Classification", "Rule", "Rules", "add_rule", "classify", "reason_of", "remove_rule"]

classify = RULES.classify


def reason_of(exception: BaseException) -> RetryReason:
    """Why it failed, as far as the exception tells."""
    return classify(exception).reason
