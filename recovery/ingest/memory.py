"""What the writer remembers between groups. It may be thrown away at any time: the database has it all."""

from __future__ import annotations

from recovery.models import Policy

from .names import Names
from .samples import Samples


class Memory:
    """Names, samples, primary keys of error groups by service and fingerprint, a service's policies at a revision."""

    def __init__(self) -> None:
        self.names = Names()
        self.samples = Samples()
        self.groups: dict[tuple[int, str], int] = {}
        self.policies: dict[int, tuple[int, list[Policy]]] = {}

    def clear(self) -> None:
        """Forget everything: after a failure it may name rows that were never committed."""
        self.names.clear()
        self.samples.clear()
        self.groups.clear()
        self.policies.clear()
