"""A reporter on a fake clock, and the frames of a console that keeps everything."""

from __future__ import annotations

import contextlib
from typing import Any

from recovery import wire
from recovery.client.conversation import Conversation
from recovery.client.desired import DesiredState, Identity
from recovery.client.directives import Directives, Hooks
from recovery.client.reporter import Reporter
from recovery.engine import CircuitBreaker
from recovery.testing import FakeClock


def fail() -> None:
    raise ConnectionError("refused by 10.0.0.7:443")


def calls(breaker: CircuitBreaker, failures: int = 0, successes: int = 0) -> None:
    for _ in range(failures):
        with contextlib.suppress(Exception):
            breaker.call(fail)
    for _ in range(successes):
        with contextlib.suppress(Exception):
            breaker.call(int)


class Desk:
    """One process without a thread and without a network."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.clock = FakeClock()
        self.reporter = Reporter(self.clock)
        self.identity = Identity("p1", "web-1", "2026.1")
        self.state = DesiredState(self.identity, self.reporter.timeline, self.reporter.sampler)
        self.directives = Directives(self.identity, self.reporter.timeline, self.state, self.reporter.sampler, Hooks())
        self.ahead = ahead
        self.saved = 0
        self.reporter.start()
        self.reporter.second()

    def close(self) -> None:
        """Leave the engine as it was."""
        self.reporter.stop()

    def second(self, seconds: float = 1.0) -> None:
        """Let a second pass, as the client's thread does."""
        self.clock.advance(seconds)
        self.reporter.collect()
        self.state.born(self.reporter.second())

    def talk(self) -> Conversation:
        """A new link."""
        return Conversation(self.reporter, self.state, self.directives, self._hello, self._save)

    def console_now(self) -> float:
        """The console's clock."""
        return self.reporter.timeline.now() + self.ahead

    def welcome(self, talk: Conversation, **given: Any) -> list[Any]:
        """Answer the hello; returns what the client says to that."""
        self.link(talk, **given)
        return said(talk)

    def link(self, talk: Conversation, **given: Any) -> None:
        """Answer the hello, and leave it at that."""
        said(talk)
        talk.obey(wire.Welcome(protocol=1, clock=self.console_now(), **given))

    def directive(self, **given: Any) -> wire.Applied:
        """Give an order; returns the answer."""
        number = getattr(self, "_orders", 0) + 1
        self._orders = number
        return self.directives.obey(wire.Directive(**({"id": f"d{number}"} | given)))

    def _hello(self) -> wire.Hello:
        return wire.Hello(
            process="p1", protocol=(1, 1), clock=self.reporter.timeline.now(), revision=self.state.revision
        )

    def _save(self) -> None:
        self.saved += 1


def said(talk: Conversation) -> list[Any]:
    """What goes out now."""
    return [wire.decode(frame) for frame in talk.outgoing()]


def kept(talk: Conversation) -> tuple[list[Any], list[wire.Slice]]:
    """Take and acknowledge everything; events and slices."""
    events: list[Any] = []
    slices: list[wire.Slice] = []
    while messages := [m for m in said(talk) if isinstance(m, wire.Events | wire.Slice)]:
        for message in messages:
            if isinstance(message, wire.Events):
                events += message.events
                talk.obey(wire.Ack(seq=message.events[-1].seq))
            else:
                slices.append(message)
                talk.obey(wire.Ack(slots=(message.slot,)))
    return events, slices
