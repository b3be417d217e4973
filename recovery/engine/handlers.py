"""Ready-made error handlers: thin classes over the table of rules, not five copies of it.

A handler asks its own rules first, then those of its domain, then the shared table (with what services have added to
it). A service extends one by ``DownloadErrorHandler(rules=[Rule(…)])``, or in a subclass by the attribute ``rules``.
"""

from __future__ import annotations

from .contracts import ServiceErrorHandler
from .rule import LOOK_IN_THE_LOGS
from .rules import RULES, Rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import ClassVar

    from .context import ErrorContext
    from .rule import Rule

__all__ = [
    "DatabaseErrorHandler",
    "DownloadErrorHandler",
    "HttpErrorHandler",
    "MetadataErrorHandler",
    "StorageErrorHandler",
]


class _TableHandler(ServiceErrorHandler):
    """A handler that goes by the rules."""

    domain: ClassVar[str] = ""
    rules: ClassVar[Iterable[Rule]] = ()

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        from .rule_table import DOMAINS

        self._own = Rules((*rules, *self.rules, *DOMAINS.get(self.domain, ())))

    def rule_for(self, exception: BaseException) -> Rule:
        """The row that decides."""
        found = self._own.find(exception)
        return RULES.find(exception) if found is self._own.fallback else found

    async def handle_error(self, exception: BaseException, context: ErrorContext) -> bool:
        """True when its rule says that trying again is of no use."""
        return self.rule_for(exception).stop

    def get_recovery_suggestions(self, exception: BaseException) -> list[str]:
        """What a person can do about it, most likely help first; never empty."""
        return list(self.rule_for(exception).suggestions) or [LOOK_IN_THE_LOGS]


class DownloadErrorHandler(_TableHandler):
    """For services that fetch files or media: formats, sources that are gone, downloads cut short."""

    domain = "download"


class MetadataErrorHandler(_TableHandler):
    """For services that read descriptions of things: what cannot be parsed or extracted stops."""

    domain = "metadata"


class StorageErrorHandler(_TableHandler):
    """For services that write files: full disks, missing permissions, damaged files."""

    domain = "storage"


class DatabaseErrorHandler(_TableHandler):
    """For services that use a database: locks and lost connections go on, wrong statements stop."""

    domain = "database"


class HttpErrorHandler(_TableHandler):
    """For services that call others over HTTP: by status, as the shared table says."""

    domain = "http"
