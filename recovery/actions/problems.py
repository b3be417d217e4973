"""Why an act is not done, in words that its caller can show.

ActionProblem
├── UnknownService      nothing of that name; nothing is ever made by asking
├── UnknownBreaker
├── UnknownOperation
├── UnknownRevision     no such change, or none that can be taken back
├── Invalid             values out of their ranges, by field
├── Unchanged           it is so already
├── Conflict            somebody else changed it since: both sides, field by field
│   └── RollingOut      a rollout of it runs
├── TooLate             its time is over
└── Held                an operator's hold is not overridden by the machine

NotAllowed stands apart: who asks may not. It is Django's PermissionDenied, so a page that tells problems lets it pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied


class ActionProblem(Exception):
    """An act that was not done; nothing was changed."""


class NotAllowed(PermissionDenied):
    """Who asks may not do this, or not on this service: a 403, never a message among others.

    Whoever acts on several things asks `permissions.may` of each before, and leaves out what may not be.
    """

    def __init__(self, act: str, service: str = "", *, told: bool = False) -> None:
        super().__init__(f"you may not {act}{f' of {service}' if service else ''}")
        self.act, self.service = act, service
        self.told = told  # whether it is in the audit; the doorway writes what nobody did


class UnknownService(ActionProblem):
    """There is no such service."""

    def __init__(self, name: str, environment: str) -> None:
        super().__init__(f"there is no service {name!r} in {environment!r}")


class UnknownBreaker(ActionProblem):
    """No process of the service ever reported such a breaker."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no breaker {name!r}")


class UnknownOperation(ActionProblem):
    """No process of the service ever reported such an operation."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no operation {name!r}")


class UnknownRevision(ActionProblem):
    """There is no such change, or it is none that can be taken back."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"revision {revision} is no hold and no release that can be taken back")


class Invalid(ActionProblem):
    """``problems``: by field, what is wrong and what would be legal; "" is about the whole."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = dict(problems)


class Unchanged(ActionProblem):
    """It is so already."""


class TooLate(ActionProblem):
    """Its time is over."""


class Held(ActionProblem):
    """An operator holds it."""


class Conflict(ActionProblem):
    """Somebody changed it since. ``diff``: field -> (what is in force, what was wanted), where the two differ."""

    def __init__(
        self, revision: int, actor: str, present: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None
    ) -> None:
        super().__init__(f"{actor or 'somebody'} changed it meanwhile (revision {revision})")
        self.revision, self.actor = revision, actor
        self.present, self.wanted = present, wanted
        ours, theirs = dict(wanted or {}), dict(present or {})
        self.diff = {
            name: (theirs.get(name), ours.get(name))
            for name in sorted(ours.keys() | theirs.keys())
            if theirs.get(name) != ours.get(name)
        }


class RollingOut(Conflict):
    """A rollout of it runs: ``rollout``, begun by ``actor``. It is waited for, or stopped, first."""

    def __init__(
        self, rollout: int, actor: str, present: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None
    ) -> None:
        super().__init__(0, actor, present, wanted)
        self.args = (f"rollout {rollout}, begun by {actor or 'somebody'}, is running",)
        self.rollout = rollout
