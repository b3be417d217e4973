"""One backend: a port, open or shut, and a mood."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from random import Random

from recovery.demo.server import BACKLOG, bound
from recovery.fleet.web import Answer, converse

from .moods import REFUSING, WELL, Spell, reply


class Backend:
    """Listens while its mood lets it. Shut, its port stays bound: the kernel refuses, and nobody else gets it."""

    def __init__(self, name: str, port: int, seed: int) -> None:
        self.name = name
        self.mood = WELL
        self._draw = Random(f"{seed}/{name}/answers")
        self._socket = bound(port)
        self.port: int = self._socket.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._talking: set[asyncio.StreamWriter] = set()

    async def live(self, spells: Iterable[Spell], say: Callable[[str], object]) -> None:
        """Go through them."""
        for spell in spells:
            say(f"{self.name}: {spell.mood} for {spell.seconds:.1f} s")
            await self.become(spell.mood)
            await asyncio.sleep(spell.seconds)

    async def become(self, mood: str) -> None:
        """Change the mood."""
        self.mood = mood
        if mood == REFUSING:
            self.shut()
        else:
            await self.open()

    async def open(self) -> None:
        """Listen, unless it does."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, sock=self._socket, backlog=BACKLOG)

    def shut(self) -> None:
        """Stop listening, unless it has, and hang up on everybody, as a server that dies does."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._socket = bound(self.port)
            for writer in self._talking:
                writer.transport.abort()

    def close(self) -> None:
        """Shut, and let the port go."""
        self.shut()
        self._socket.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talking.add(writer)
        try:
            await converse(self._answer, reader, writer)
        finally:
            self._talking.discard(writer)

    async def _answer(self, path: str) -> Answer | None:
        after, answer = reply(self.mood, path, self._draw)
        await asyncio.sleep(after)
        return answer
