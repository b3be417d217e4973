"""Channel jobs: a message wakes a job up; whether it is to be done, the claim says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from .base import LeanConsumer


class WorkerConsumer(LeanConsumer):
    """Hands the job's name to ``wake``; one message after the other, so a job never waits for itself."""

    def __init__(self, wake: Callable[[str], Awaitable[None]]) -> None:
        self.wake = wake

    async def job_wake(self, message: dict[str, Any]) -> None:
        """``{"type": "job.wake", "job": name}``."""
        await self.wake(str(message.get("job", "")))
