"""The link over plain HTTP: frames go out as lines of a POST, the answer's lines come in."""

from __future__ import annotations

import contextlib
import queue
import threading
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from recovery.wire import limits
from recovery.wire.limits import LINES_TYPE

from .transport import LinkError, Transport, _refusal

TIMEOUT = 10.0
_HELLO = b'{"kind":"hello"'
IDLE = 1.0  # with nothing to send, so often the console is asked


class HttpTransport:
    """A helper thread posts: every body begins with hello, so that any console process may answer it."""

    name = "http"

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "wss" else HTTPConnection
        self._connection = kind(parts.netloc, timeout=TIMEOUT)
        self._path = parts.path
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": LINES_TYPE}
        self._hello = b""
        self._out: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._in: queue.SimpleQueue[str | LinkError] = queue.SimpleQueue()
        self._broken: LinkError | None = None
        threading.Thread(target=self._work, name="recovery-http", daemon=True).start()

    def send(self, frame: bytes) -> None:
        """Put a frame into the next POST."""
        if self._broken is not None:
            raise self._broken
        self._out.put(frame)

    def receive(self, timeout: float) -> str | bytes | None:
        """The next line of an answer."""
        try:
            found = self._in.get(timeout=timeout) if timeout > 0 else self._in.get_nowait()
        except queue.Empty:
            return None
        if isinstance(found, LinkError):
            raise found
        return found

    def close(self) -> None:
        """Send what waits, and end."""
        self._out.put(None)

    def cut(self) -> None:
        """What is being posted is left to its time-out."""
        self._broken = LinkError("closed")
        self._out.put(None)

    def abandon(self) -> None:
        """The thread that posts lives in the parent only."""

    def _work(self) -> None:
        try:
            while self._turn():
                pass
        except (OSError, HTTPException, LinkError) as error:
            kept = error if isinstance(error, LinkError) else LinkError(f"{type(error).__name__}: {error}")
            self._broken = kept
            self._in.put(kept)
        finally:
            with contextlib.suppress(OSError):
                self._connection.close()

    def _turn(self) -> bool:
        """One POST; False after the last one."""
        frames, going_on = self._take()
        for frame in [frame for frame in frames if frame.startswith(_HELLO)]:
            frames.remove(frame)
            self._hello = frame
        if going_on or frames:
            self._post(b"\n".join([self._hello, *frames]))
        return going_on

    def _take(self) -> tuple[list[bytes], bool]:
        """Frames for one body, and whether there is more to come."""
        frames: list[bytes] = []
        size = len(self._hello)
        with contextlib.suppress(queue.Empty):
            while size < limits.BODY_BYTES - 2 * limits.FRAME_BYTES:
                frame = self._out.get(timeout=0.01 if frames else IDLE)
                if frame is None:
                    return frames, False
                frames.append(frame)
                size += len(frame) + 1
        return frames, True

    def _post(self, body: bytes) -> None:
        self._connection.request("POST", self._path, body, self._headers)
        answer: HTTPResponse = self._connection.getresponse()
        content = answer.read(limits.BODY_BYTES + 1)
        if answer.status != 200:
            refusal = _refusal(answer.status)
            raise LinkError(f"HTTP {answer.status}") if type(refusal).__name__ == "NoUpgrade" else refusal
        if len(content) > limits.BODY_BYTES:
            raise LinkError(f"an answer of more than {limits.BODY_BYTES} bytes")
        for line in content.split(b"\n"):
            if line.strip():
                self._in.put(line.decode("utf-8", "replace"))


def dial_http(url: str, token: str) -> Transport:
    """Begin to post. Raises LinkError."""
    return HttpTransport(url, token)
