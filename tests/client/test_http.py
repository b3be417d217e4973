"""The plain-HTTP way: the same messages in a POST, acks and directives in its answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from recovery import wire
from recovery.engine import CircuitBreaker
from tests.client.conftest import Connect
from tests.client.console import Console
from tests.client.test_link import calls


class Posts(Console):
    """A console that is reached by POST only; an upgrade is answered with 405, like by many a proxy."""

    orders: list[wire.Message]

    def start(self) -> Posts:
        console = self
        self.orders = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                console.upgrades += 1
                self.send_error(405)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers["Authorization"] != f"Bearer {console.token}":
                    self.send_error(401)
                    return
                answer = b"\n".join(console.answer(wire.decode_lines(body)))
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def answer(self, messages: list[Any]) -> list[bytes]:
        """One POST."""
        hello = messages[0]
        assert isinstance(hello, wire.Hello)
        answers = [answer for message in messages for answer in self._take(hello.process, message)]
        orders, self.orders = self.orders, []
        return [frame for answer in (*answers, *orders) for frame in wire.encode(answer)]

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def posts() -> Iterator[Posts]:
    made = Posts().start()
    yield made
    made.stop()


def test_everything_goes_by_post_when_told(posts: Posts, connect: Connect, name: str) -> None:
    breaker = CircuitBreaker(2, name=name)
    client = connect(posts, transport="http")
    posts.wait(lambda: name in posts.declared())
    calls(breaker, failures=2)
    assert posts.wait_for_event(wire.Transition).after == "OPEN"
    posts.orders = [wire.Directive(id="d", do=wire.HoldAct(breaker=name, hold="trip"), revision=1)]
    (applied,) = posts.wait(lambda: [each for each in posts.of(wire.Applied) if each.id == "d"])
    assert (applied.outcome, breaker.state) == ("applied", "FORCED-OPEN")
    posts.wait(lambda: posts.hellos[-1].revision == 1)
    client.flush()
    posts.wait(lambda: posts.slots)
    posts.wait(lambda: client.status().waiting == 0)
    assert client.status().transport == "http"
    declares = len(posts.of(wire.Declare))
    posts.wait(lambda: len(posts.hellos) > 6)
    assert len(posts.of(wire.Declare)) <= declares + 1  # not with every welcome
    client.close()
    assert posts.repeats == 0


def test_it_is_found_after_two_upgrades_that_a_proxy_swallowed(posts: Posts, connect: Connect) -> None:
    client = connect(posts)
    posts.wait_for(wire.Declare)
    assert posts.upgrades == 2
    assert client.status().transport == "http"


def test_a_bad_token_is_refused_there_too(posts: Posts, connect: Connect) -> None:
    client = connect(posts, token="other", transport="http")
    assert not posts.got
    client.link.wake.wait(0.01)
    for _ in range(500):
        if client.status().state == "refused":
            break
        client._done.wait(0.01)
    assert client.status().state == "refused"
