"""Keeping one link alive: reach out, talk, notice its end, wait, again. It says one line to the log at each turn."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from recovery.wire import limits

from .backoff import Backoff
from .conversation import Conversation
from .dialling import Dialling
from .loading import undivided
from .transport import Dial, LinkError, LinkRefused, NoUpgrade, Transport, dial_websocket

_log = logging.getLogger("recovery.client")
UPGRADE_TRIES = 2  # failed upgrades after which plain HTTP is tried
WELCOME_SECONDS = 15.0
BATCH_SECONDS = 0.1


class Link:
    """``step`` does what is due and waits a moment; it never raises LinkError."""

    def __init__(
        self,
        url: str,
        token: Callable[[], str],
        converse: Callable[[], Conversation],
        monotonic: Callable[[], float],
        *,
        transport: str = "auto",
        backoff: Backoff | None = None,
        dial: Dial = dial_websocket,
        dial_plain: Dial | None = None,
    ) -> None:
        self._url, self._token, self._converse, self._monotonic = url, token, converse, monotonic
        self._wanted, self._dial, self._dial_plain = transport, dial, dial_plain or _dial_http
        self._backoff = backoff or Backoff()
        self.wake = threading.Event()
        self._dialling: Dialling | None = None
        self._transport: Transport | None = None
        self.conversation: Conversation | None = None
        self._next = 0.0
        self._refused_token: str | None = None
        self._failed_upgrades = 0
        self._said = ""
        self.links = 0
        self.failures = 0
        self.error = ""

    @property
    def linked(self) -> bool:
        """Whether the console has welcomed this process."""
        return self.conversation is not None and self.conversation.welcomed

    @property
    def state(self) -> str:
        """In a word: linked, connecting, waiting, refused."""
        if self.linked:
            return "linked"
        if self._dialling is not None or self._transport is not None:
            return "connecting"
        return "refused" if self._refused_token is not None else "waiting"

    @property
    def carrier(self) -> str:
        """By which way it is linked."""
        return self._transport.name if self._transport is not None else ""

    def step(self, patience: float) -> None:
        """Do what is due; wait at most ``patience`` seconds for something to come."""
        try:
            if self._transport is not None and self.conversation is not None:
                self._talk(self._transport, self.conversation, min(patience, BATCH_SECONDS))
            elif self._dialling is not None:
                self._look_at(self._dialling, patience)
            elif self._may_dial():
                self._begin()
            else:
                self._rest(min(patience, max(0.0, self._next - self._monotonic())))
        except LinkError as error:
            self._lost(error)

    # -- reaching out --------------------------------------------------------------------------------------------------

    def _may_dial(self) -> bool:
        token = self._token()
        if not token:
            self._say(logging.WARNING, "no token: set RECOVERY_TOKEN, or give one to connect()")
            self._refused_token = token
        if self._refused_token is not None and token == self._refused_token:
            self._next = self._monotonic() + 1.0
            return False
        self._refused_token = None
        return self._monotonic() >= self._next

    def _begin(self) -> None:
        token = self._token()
        plain = self._wanted == "http" or (self._wanted == "auto" and self._failed_upgrades >= UPGRADE_TRIES)
        dial = self._dial_plain if plain else self._dial
        self.wake.clear()
        self._dialling = Dialling(lambda: dial(self._url, token), self.wake)
        self._shown = token

    def _look_at(self, dialling: Dialling, patience: float) -> None:
        if not dialling.done:
            self.wake.wait(patience)
        if not dialling.done:
            self.wake.clear()
            return
        self._dialling = None
        if dialling.error is not None:
            raise dialling.error
        self._transport = dialling.transport
        self.conversation = self._converse()
        self.conversation.repeats_hello = self.carrier == "http"

    def _rest(self, seconds: float) -> None:
        self.wake.wait(seconds)
        self.wake.clear()

    # -- talking -------------------------------------------------------------------------------------------------------

    def _talk(self, transport: Transport, conversation: Conversation, patience: float) -> None:
        self._send(transport, conversation)
        frame = transport.receive(patience)
        for _ in range(limits.EVENTS):
            if frame is None:
                break
            conversation.heard(frame)
            frame = transport.receive(0.0)
        self._look_after(conversation)
        self._send(transport, conversation)

    def _send(self, transport: Transport, conversation: Conversation) -> None:
        for frame in conversation.outgoing():
            transport.send(frame)

    def send_now(self) -> None:
        """Send what is to be sent, without waiting for anything to come. Raises LinkError."""
        if self._transport is not None and self.conversation is not None:
            self._send(self._transport, self.conversation)

    def _look_after(self, conversation: Conversation) -> None:
        if conversation.over is not None:
            bye = conversation.over
            text = f"{bye.reason}{': ' + bye.text if bye.text else ''}"
            if bye.reason in {"revoked", "unauthorized"}:
                raise LinkRefused(401, f"the console says {text}")
            raise Left(f"the console says {text}", bye.retry_after, hopeless=bye.reason in {"protocol", "refused"})
        if conversation.welcomed and self._said != "linked":
            self.links += 1
            self._backoff.begin_anew()
            self._failed_upgrades = 0
            again = " again" if self.links > 1 else ""
            self._say(logging.INFO, f"linked{again} with {self._url} by {self.carrier}")
        if not conversation.welcomed and conversation.silent_for > WELCOME_SECONDS:
            raise LinkError(f"no welcome within {WELCOME_SECONDS:g} s")
        if conversation.silent_for > limits.SILENCE_SECONDS:
            raise LinkError(f"silent for {limits.SILENCE_SECONDS:g} s")

    # -- the end of it -------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Let go of everything."""
        if self._dialling is not None:
            self._dialling.give_up()
        if self._transport is not None:
            self._transport.close()
        self._dialling = self._transport = self.conversation = None

    def cut(self) -> None:
        """From another thread: end the link at once, so that nothing waits on it."""
        transport = self._transport
        if transport is not None:
            transport.cut()

    def abandon(self) -> None:
        """In a forked child: the parent's link is the parent's."""
        if self._transport is not None:
            self._transport.abandon()
        self._dialling = self._transport = self.conversation = None
        self.wake = threading.Event()
        self._said = ""
        self.links = 0
        self._backoff.begin_anew()
        self._next = self._monotonic() + self._backoff.next() / 5  # a whole pool is forked at once

    def _lost(self, error: LinkError) -> None:
        was_linked = self.linked
        self.failures += 1
        self.error = str(error)
        if isinstance(error, NoUpgrade):
            self._failed_upgrades += 1
        elif not was_linked and self._failed_upgrades >= UPGRADE_TRIES:
            self._failed_upgrades = 0  # plain HTTP does not work either: begin with the WebSocket again
        self.close()
        self._next = self._monotonic() + self._wait(error)
        if isinstance(error, LinkRefused):
            self._refused(error)
        elif isinstance(error, Left) and error.hopeless:
            self._say(logging.ERROR, f"refused by {self._url}: {error}; trying again now and then")
        elif was_linked:
            self._say(logging.WARNING, f"lost the console at {self._url}: {error}; trying again")
        else:
            self._say(logging.WARNING, f"cannot reach the console at {self._url}: {error}; trying again")

    def _wait(self, error: LinkError) -> float:
        if isinstance(error, Left) and error.retry_after is not None:
            return min(300.0, error.retry_after) + self._backoff.next()
        hopeless = isinstance(error, LinkRefused) or (isinstance(error, Left) and error.hopeless)
        return self._backoff.longest() if hopeless else self._backoff.next()

    def _refused(self, error: LinkRefused) -> None:
        if error.status == 401:
            self._refused_token = self._shown
            self._say(logging.ERROR, f"refused by {self._url}: {error}; waiting for another token")
        else:
            self._say(logging.ERROR, f"refused by {self._url}: {error}; trying again now and then")

    def _say(self, level: int, text: str) -> None:
        """One line per turn: what was said last is not said again, whatever its details."""
        turn = {"lost": "away", "cannot": "away"}.get(word := text.split(" ", 1)[0], word)
        if turn != self._said:
            _log.log(level, "%s", text)
        self._said = turn


def _dial_http(url: str, token: str) -> Transport:
    with undivided():
        from .http import dial_http  # ``http.client`` is loaded by those who need it

    return dial_http(url, token)


class Left(LinkError):
    """The console said bye."""

    def __init__(self, why: str, retry_after: float | None, *, hopeless: bool) -> None:
        super().__init__(why)
        self.retry_after = retry_after
        self.hopeless = hopeless
