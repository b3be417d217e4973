"""One talk over one link, from hello to bye: what to answer and what to send next. Pure: frames in, frames out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from recovery import wire
from recovery.engine import IllegalTransition
from recovery.wire import Ack, Beat, Bye, Desired, Directive, Hello, SlowDown, Watch, Welcome, WireError

from .declare import frames_of
from .desired import DesiredState
from .directives import Directives
from .pulse import Pulses
from .rates import Rates
from .reporter import Reporter

FRAMES_AT_ONCE = 64


class Conversation:
    """``saved`` is called when the desired state changed. ``over`` is the console's bye, once it came."""

    def __init__(
        self,
        reporter: Reporter,
        state: DesiredState,
        directives: Directives,
        hello: Callable[[], Hello],
        saved: Callable[[], None],
    ) -> None:
        self._reporter = reporter
        self._state = state
        self._directives = directives
        self._make_hello = hello
        self._saved = saved
        now = reporter.timeline.now()
        self._rates = Rates(now)
        self._pulses = Pulses(reporter.sampler)
        self._control: deque[bytes] = deque()
        self._parts: list[Welcome] = []
        self._asked = False  # a hello waits for its welcome
        self._told_revision = 0  # in the last hello
        self.repeats_hello = False  # plain HTTP: each body begins with the last hello, which must not grow old
        self._watched: tuple[str, ...] = ()
        self._watched_until = self._pulsed = 0.0
        self._hello_at = now
        self._beat_at = now
        self.heard_at = now
        self.welcomed = False
        self.over: Bye | None = None
        self._counted_at = 0.0
        reporter.outbox.link_lost()
        self.say_hello()

    def say_hello(self) -> None:
        """Say who is there; on a living link: ask for the desired state again."""
        self._hello_at = self._reporter.timeline.now()
        self._parts = []
        self._asked = True
        self._hello()

    def _hello(self) -> None:
        self._told_revision = self._state.revision
        self._control.extend(wire.encode(self._make_hello()))

    def say_bye(self, reason: str = "closing") -> None:
        """Leave cleanly."""
        self._control.extend(wire.encode(Bye(reason=reason)))

    @property
    def silent_for(self) -> float:
        """Seconds since the console was heard."""
        return self._reporter.timeline.now() - self.heard_at

    @property
    def idle(self) -> bool:
        """Nothing waits to be sent or acknowledged."""
        return self.welcomed and not self._control and not len(self._reporter.outbox)

    # -- hearing -------------------------------------------------------------------------------------------------------

    def heard(self, frame: str | bytes) -> None:
        """Take one frame of the console. A bad one is counted and changes nothing."""
        self.heard_at = self._reporter.timeline.now()
        try:
            if isinstance(frame, bytes):
                raise WireError("not_text", "frame", f"{len(frame)} bytes", "a text frame")
            message = wire.decode(frame)
        except WireError:
            self._reporter.bad_frames += 1
            return
        self.obey(message)

    def obey(self, message: wire.AnyMessage | wire.Unknown) -> None:
        """Take one message."""
        now = self._reporter.timeline.now()
        match message:
            case Welcome():
                self._welcome(message, now)
            case Ack():
                for each in message.rejected:
                    self._reporter.outbox.rejected(each.slot)
                self._reporter.outbox.acknowledged(message.seq, message.slots)
            case Directive():
                self._direct(message)
            case Watch():
                self._watched, self._watched_until = message.breakers, now + message.seconds
            case SlowDown():
                self._rates.slow_down(message, now)
            case Beat():
                self._reporter.timeline.heard(message.clock)
            case Bye():
                self.over = message
            case _:
                self._reporter.unknown += 1

    def _welcome(self, message: Welcome, now: float) -> None:
        if message.protocol not in range(wire.SPOKEN[0], wire.SPOKEN[1] + 1):
            self.over = Bye(reason="protocol", text=f"it speaks version {message.protocol} of the protocol")
            return
        self._reporter.timeline.heard(message.clock, self._hello_at if self._asked else None)
        if not self._asked and message.desired is None:
            return  # plain HTTP: every answer begins with a welcome
        if message.part != len(self._parts):
            self._parts = []  # a part is missing: this welcome will not become whole
            if message.part:
                return
        self._parts.append(message)
        if len(self._parts) < message.parts:
            return
        parts, self._parts = self._parts, []
        self._rates.become(parts[0].limits, now)
        self._become(parts)
        self._restore(parts)
        self._directives.lagging = self._asked = False
        self._reporter.undeclared.clear()
        self._reporter.undeclared_operations.clear()
        self._declare(self._reporter.declarations.everything())
        for applied in self._directives.confirmations():
            self._control.extend(wire.encode(applied))
        self.welcomed = True

    def _become(self, parts: list[Welcome]) -> None:
        whole = [part.desired for part in parts if part.desired is not None]
        if whole:
            self._state.become(
                Desired(
                    revision=whole[0].revision,
                    holds=tuple(hold for part in whole for hold in part.holds),
                    policies=tuple(policy for part in whole for policy in part.policies),
                )
            )
        self._saved()

    def _restore(self, parts: Iterable[Welcome]) -> None:
        for was_open in (each for part in parts for each in part.restore):
            for breaker in self._reporter.sampler.named(was_open.breaker):
                try:
                    breaker.restore("OPEN", was_open.opened_for)
                except IllegalTransition:
                    continue  # it has a life of its own already

    def _direct(self, directive: Directive) -> None:
        applied = self._directives.obey(directive)
        self._control.extend(wire.encode(applied))
        if self._directives.lagging:
            self.say_hello()
        elif directive.revision and applied.outcome in {"applied", "refused"}:
            self._saved()
        name = getattr(directive.do, "breaker", None) or getattr(directive.do, "name", None)
        if name in self._reporter.sampler.breakers:
            self._reporter.undeclared.add(name)
        if name in self._reporter.sampler.operations:
            self._reporter.undeclared_operations.add(name)

    # -- saying --------------------------------------------------------------------------------------------------------

    def outgoing(self) -> Iterator[bytes]:
        """Frames to send now, the urgent ones first."""
        now = self._reporter.timeline.now()
        yield from self._drain()
        if not self.welcomed:
            return
        self._declare_born()
        if self.repeats_hello and self._told_revision != self._state.revision:
            self._hello()
        if now - self._counted_at >= wire.limits.SLOT_SECONDS:
            self._counted_at = now
            self._reporter.tell_counts()
        yield from self._drain()
        yield from self._kept(now)
        if now < self._watched_until and now - self._pulsed >= 1.0:
            self._pulsed = now
            pulse = self._pulses.take(now, self._watched)
            yield from wire.encode(pulse) if pulse.breakers else ()
        if now - self._beat_at >= self._rates.limits.beat_seconds:
            self._beat_at = now
            yield from wire.encode(Beat(clock=now))  # it echoes none, so the console answers, and is heard

    def flush(self) -> None:
        """The process ends: counts are not kept back any more."""
        self._counted_at = 0.0

    def _drain(self) -> Iterator[bytes]:
        while self._control:
            yield self._control.popleft()

    def _declare_born(self) -> None:
        reporter = self._reporter
        if reporter.undeclared or reporter.undeclared_operations:
            declared = reporter.declarations.of(sorted(reporter.undeclared), sorted(reporter.undeclared_operations))
            reporter.undeclared.clear()
            reporter.undeclared_operations.clear()
            self._declare(declared)

    def _declare(self, declared: wire.Declare) -> None:
        frames, left_out = frames_of(declared)
        self._control.extend(frames)
        if left_out:
            self._reporter.outbox.dropped["undeclared"] += left_out

    def _kept(self, now: float) -> Iterator[bytes]:
        """Events and slices, as many as may be on their way."""
        outbox, rates = self._reporter.outbox, self._rates
        for _ in range(FRAMES_AT_ONCE):
            if outbox.on_the_way >= rates.limits.unacknowledged or rates.frames(now) < 1:
                return
            may = rates.events(now)
            events = outbox.next_events(may) if may else []
            part = None if events else outbox.next_slice()
            if not events and part is None:
                return
            rates.spend(1, len(events))
            try:
                frames = wire.encode(wire.Events(events=tuple(events)) if part is None else part)
            except WireError:  # events were tried when they came in: it is the slot
                outbox.rejected(part.slot if part is not None else None)
                continue
            yield from frames
