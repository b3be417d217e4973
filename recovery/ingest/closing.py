"""Why a link is ended, as the process is told."""

from __future__ import annotations

from recovery import wire

NORMAL = 1000
RESTARTING, LATER = 1012, 1013
# 4400 + n as HTTP says it: what an application may choose freely.
PROTOCOL, REVOKED, LOST, REPLACED, TOO_BIG = 4400, 4401, 4408, 4409, 4413


class Closing(Exception):
    """End this link: the reason (of ``bye``), the close code, words, and how long to stay away."""

    def __init__(self, reason: str, code: int, text: str = "", retry_after: float | None = None) -> None:
        super().__init__(text or reason)
        self.reason, self.code, self.text, self.retry_after = reason, code, text, retry_after

    @property
    def frame(self) -> bytes:
        """What is said before the socket closes."""
        text = self.text[: wire.limits.TEXT]
        return wire.encode(wire.Bye(reason=self.reason, text=text, retry_after=self.retry_after))[0]


def protocol(text: str) -> Closing:
    """The process does not keep to the protocol."""
    return Closing("protocol", PROTOCOL, text)


def revoked() -> Closing:
    """The token does not hold."""
    return Closing("revoked", REVOKED, "this token is not valid")


def replaced() -> Closing:
    """Another link of the same process has come."""
    return Closing("replaced", REPLACED, "another link says that it is this process")


def lost() -> Closing:
    """Nothing was heard for too long."""
    return Closing("closing", LOST, f"nothing was heard for {wire.limits.SILENCE_SECONDS:g} s")


def restarting() -> Closing:
    """The console goes away and comes back."""
    return Closing("restart", RESTARTING, "the console restarts", retry_after=1.0)


def later(text: str) -> Closing:
    """Not now."""
    return Closing("refused", LATER, text, retry_after=5.0)
