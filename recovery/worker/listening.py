"""A channels worker that listens on one channel and dies when its listener does, so that it is started again."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.worker import Worker


class ChannelWorker(Worker):
    """Stock workers wait for all their listeners: a dead one among living ones goes unnoticed, and a cancelled worker
    leaves its listeners behind, which go on taking messages. This one has one, and takes it along.
    """

    application_checker_interval = 1.0

    def __init__(self, application: Any, channel: str, layer: Any) -> None:
        super().__init__(application, [channel], layer)

    async def handle(self) -> None:
        """Listen; raises what the channel layer raises."""
        await self.listener(self.channels[0])

    async def arun(self) -> None:
        """Listen and look after the application, until one of them fails."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.application_checker())
                group.create_task(self.handle())
        finally:
            await self._end()

    async def _end(self) -> None:
        ending = [details["future"] for details in self.application_instances.values()]
        for scope_id in list(self.application_instances):
            self.delete_application_instance(scope_id)
        await asyncio.gather(*ending, return_exceptions=True)
