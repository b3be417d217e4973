"""What a state asks for: a move to make (decided purely, carried out by the breaker), and a hold as asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .events import Hold

WOULD_OPEN = "would open"


class HoldSpan:
    """A hold and the moment it ends on the breaker's own clock (ns; None: until released)."""

    __slots__ = ("ends", "hold")

    def __init__(self, hold: Hold, ends: int | None) -> None:
        self.hold = hold
        self.ends = ends


class Move:
    """A verb of the transition table with its cause and evidence. ``wait`` fixes how long OPEN lasts (ns)."""

    __slots__ = ("actor", "cause", "evidence", "span", "verb", "wait", "waited")

    def __init__(
        self,
        verb: str,
        cause: str,
        evidence: dict[str, Any] | None = None,
        *,
        actor: str = "",
        wait: int | None = None,
        waited: int = 0,
        span: HoldSpan | None = None,
    ) -> None:
        self.verb = verb
        self.cause = cause
        self.evidence = evidence or {}
        self.actor = actor
        self.wait = wait
        self.waited = waited  # how much of the wait is over already (restore)
        self.span = span
