"""What the writer remembers between groups. It may be thrown away at any time: the database has it all."""

from __future__ import annotations

from .names import Names
from .samples import Samples


class Memory:
    """Names, samples, and the primary keys of error groups by service and fingerprint."""

    def __init__(self) -> None:
        self.names = Names()
        self.samples = Samples()
        self.groups: dict[tuple[int, str], int] = {}

    def clear(self) -> None:
        """Forget everything: after a failure it may name rows that were never committed."""
        self.names.clear()
        self.samples.clear()
        self.groups.clear()
