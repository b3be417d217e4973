"""The client of one process: its thread, its life over forks, its end."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import platform
import threading
import time
from typing import TYPE_CHECKING

from recovery.engine.clock import SYSTEM_CLOCK
from recovery.wire import SPOKEN, Hello

from .backoff import Backoff
from .config import Options, engine_version, process_id
from .conversation import Conversation
from .desired import DesiredState, Identity
from .directives import Directives
from .hooks import ProcessHooks
from .leaving import Leaving
from .link import Link
from .reporter import Reporter
from .state_file import StateFile
from .status import Status
from .transport import LinkError

if TYPE_CHECKING:
    from recovery.engine.clock import Clock

_log = logging.getLogger("recovery.client")
FLUSH_SECONDS = 2.0
STATE_FILE_SECONDS = 3.0  # without a console for so long, the desired state on disk is put into force


class Client:
    """Made by :func:`recovery.connect`. ``options`` None: nobody named a console, and nothing happens."""

    def __init__(self, options: Options | None, clock: Clock = SYSTEM_CLOCK, backoff: Backoff | None = None) -> None:
        self.options = options
        self._clock = clock
        self._backoff = backoff
        self._closed = False
        self._flush = False
        self._leave_by: float | None = None
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._complained: set[str] = set()
        if options is not None:
            self._set_up(options)

    def _set_up(self, options: Options) -> None:
        self.reporter = Reporter(self._clock)
        self.hooks = ProcessHooks(options, self.reporter)
        self._file = StateFile(options.state_file, options.url) if options.state_file is not None else None
        self.link = Link(
            options.url,
            options.current_token,
            self._converse,
            self._clock.monotonic,
            transport=options.transport,
            backoff=self._backoff,
        )
        self._settle()

    def _settle(self) -> None:
        """Who this process is, and what hangs on that."""
        assert self.options is not None
        timeline = self.reporter.timeline
        self.process = process_id(self.options.host, timeline.started)
        identity = Identity(self.process, self.options.host, self.options.service_version)
        self.state = DesiredState(identity, timeline, self.reporter.sampler)
        self.directives = Directives(identity, timeline, self.state, self.reporter.sampler, self.hooks)
        self._began = timeline.now()
        self._restored = self._file is None

    # -- the user's side -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread; returns at once."""
        if self.options is None or self._thread is not None:
            return
        self.reporter.start()
        self.hooks.attach()
        self._run_thread()

    def close(self, timeout: float = FLUSH_SECONDS) -> None:
        """Send what waits, say bye, and end; waits at most ``timeout`` seconds. Closing again does nothing."""
        if self.options is None or self._closed:
            return
        self._closed = True
        self._leave_by = time.monotonic() + timeout
        self.link.wake.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread() and not self._done.wait(timeout + 0.1):
            self.link.cut()
            self._done.wait(0.4)
        self.hooks.detach()
        self.reporter.stop()

    def flush(self) -> None:
        """Close the present slot now, so that all that happened so far is on its way; does not wait."""
        self._flush = True

    def status(self) -> Status:
        """How the link is doing now."""
        if self.options is None:
            return Status(state="off")
        outbox = self.reporter.outbox
        return Status(
            state="closed" if self._closed else self.link.state,
            url=self.options.url,
            transport=self.link.carrier,
            process=self.process,
            revision=self.state.revision,
            waiting=len(outbox),
            waiting_bytes=outbox.bytes,
            dropped=sum(outbox.dropped.values()) + self.reporter.inbox.refused,
            reconnects=max(0, self.link.links - 1),
            offset=self.reporter.timeline.offset,
            error=self.link.error,
        )

    # -- the thread ----------------------------------------------------------------------------------------------------

    def _run_thread(self) -> None:
        self._thread = threading.Thread(target=self._run, name="recovery-client", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # no thread to be had (the interpreter is ending): the service must not notice
            self._thread = None

    def _run(self) -> None:
        began, done = time.thread_time(), self._done
        while self._leave_by is None:
            self._guarded(began)
        with contextlib.suppress(Exception):
            self._leave(self._leave_by)
        self.link.close()
        done.set()

    def turn(self, began: float = 0.0) -> None:
        """One round of the thread: collect, look when a second is over, talk."""
        self.reporter.collect()
        if self.reporter.due():
            self.state.born(self.reporter.second())
            self.hooks.second()
            self.reporter.reconnects = max(0, self.link.links - 1)
            self.reporter.note_cpu(began)
            self._restore_from_disk()
        if self._flush:
            self._flush = False
            self.reporter.close_slot()
        self.link.step(1.0)

    def _leave(self, deadline: float) -> None:
        """Flush: whatever can be said in the time that is left."""
        self.reporter.collect()
        self.state.born(self.reporter.second())
        self.reporter.close_slot()
        if not self.link.linked and self.link.failures and self.link.state != "connecting":
            return  # the console is away: an exit does not wait for it
        failures = self.link.failures
        while time.monotonic() < deadline and self.link.failures == failures:
            conversation = self.link.conversation
            if conversation is not None and conversation.welcomed:
                conversation.flush()
                if conversation.idle:
                    break
            self.link.step(min(0.05, max(0.0, deadline - time.monotonic())))
            if self.link.state == "refused":
                return
        self._say_bye()

    def _say_bye(self) -> None:
        if self.link.conversation is not None and self.link.linked:
            self.link.conversation.say_bye()
            with contextlib.suppress(LinkError):
                self.link.send_now()

    def _guarded(self, began: float) -> None:
        try:
            self.turn(began)
        except Exception as error:  # a bug of ours must neither end the thread nor spin
            kind = type(error).__name__
            if kind not in self._complained:
                self._complained.add(kind)
                _log.exception("the client stumbled; further %s are not logged", kind)
            self.link.close()
            self.link.wake.wait(1.0)

    # -- what a conversation needs -------------------------------------------------------------------------------------

    def _converse(self) -> Conversation:
        return Conversation(self.reporter, self.state, self.directives, self._hello, self._save)

    def _hello(self) -> Hello:
        assert self.options is not None
        timeline = self.reporter.timeline
        return Hello(
            process=self.process,
            protocol=SPOKEN,
            clock=timeline.now(),
            host=self.options.host,
            pid=os.getpid(),
            started=timeline.started,
            engine=engine_version(),
            runtime=f"{platform.python_implementation()} {platform.python_version()}",
            service_version=self.options.service_version,
            can=self.options.can,
            revision=self.state.revision,
            last_slot=self.reporter.slots.last,
            last_seq=self.reporter.outbox.seq,
            labels=dict(self.options.labels),
            restore=self.options.restore and self.link.links == 0,
        )

    def _save(self) -> None:
        self._restored = True
        if self._file is not None:
            self._file.save(self.state.whole(), self.reporter.timeline.offset or 0.0)

    def _restore_from_disk(self) -> None:
        """The console is away: what it wanted last is put into force, ends of holds and all."""
        if self._restored or self._file is None:
            return
        if not self.link.failures and self.reporter.timeline.now() - self._began < STATE_FILE_SECONDS:
            return
        self._restored = True
        saved = self._file.load()
        if saved is not None:
            timeline = self.reporter.timeline
            timeline.offset = saved.offset if timeline.offset is None else timeline.offset
            self.state.become(saved.desired)
            self.state.revision = 0  # what the file has is this process's part: the console is to send the whole

    # -- forks ---------------------------------------------------------------------------------------------------------

    def after_fork(self) -> None:
        """In the child: an own identity, own counts, an own thread and link."""
        if self.options is None or self._closed or self._thread is None:
            return
        self._thread = None
        self._done = threading.Event()
        self.link.abandon()
        self.reporter.reborn()
        if self.hooks.handler is not None:
            self.hooks.handler.renew(self.reporter.timeline, self.reporter.inbox)
        before = self.state
        self._settle()
        self.state.inherit(before)
        self._run_thread()


_current: Client | None = None


def current() -> Client | None:
    """The client of this process, if there is one."""
    return _current


def install(client: Client) -> Client:
    """Make it the client of this process; the one before is closed."""
    global _current
    if _current is not None:
        _current.close()
    _current = client
    client.start()
    _leaving.prepare()
    _leaving.look()
    return client


def _after_fork() -> None:
    if _current is not None:
        _current.after_fork()


def _at_exit() -> None:
    if _current is not None:
        _current.close()


_leaving = Leaving(_at_exit)
atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_leaving.prepare, after_in_child=_after_fork)
