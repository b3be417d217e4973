"""The service as `up` runs it: scheduler, channels workers and watchdog, in one process on the in-memory layer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from recovery.consumers.worker import WorkerConsumer
from recovery.models import Job
from recovery.serving.services import Options
from recovery.worker.jobs import SPECS
from recovery.worker.listening import ChannelWorker
from recovery.worker.scheduler import prepare
from recovery.worker.service import Worker, run

OPTIONS = Options(host="", port=0)


async def _until(true: Callable[[], Any]) -> None:
    """Wait, for ten seconds at most."""
    end = time.monotonic() + 10
    while not await database_sync_to_async(true)():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


@pytest.fixture
def in_memory(settings: LazySettings) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


def _jobs() -> dict[str, Job]:
    return {job.name: job for job in Job.objects.all()}


@pytest.mark.django_db(transaction=True)
async def test_all_of_it_runs_and_ends(in_memory: None) -> None:
    task = asyncio.create_task(run(OPTIONS))

    def alive() -> bool:
        jobs = _jobs()
        wanted = ("rollup", "prune", "scheduler", "worker")
        return all(name in jobs and jobs[name].finished_at for name in wanted)

    await _until(alive)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [each for each in asyncio.all_tasks() if each is not asyncio.current_task()] == []


@pytest.mark.django_db(transaction=True)
async def test_doubled_wake_ups_run_a_job_once(in_memory: None) -> None:
    from recovery.moment import now

    await database_sync_to_async(prepare)(now())
    worker = Worker()
    await asyncio.gather(*[worker.wake("rollup") for _ in range(5)])
    job = (await database_sync_to_async(_jobs)())["rollup"]
    assert (job.failures, job.owner) == (0, "")
    assert job.due_at > now()
    await worker.wake("no such job")
    await worker.stop()


async def test_a_message_without_a_type_ends_the_listener_and_is_noticed() -> None:
    layer, heard = InMemoryChannelLayer(), asyncio.Event()

    async def wake(_name: str) -> None:
        heard.set()

    listening = asyncio.create_task(ChannelWorker(WorkerConsumer.as_asgi(wake=wake), "a", layer).arun())
    await layer.send("a", {"type": "job.wake", "job": "x"})
    await heard.wait()
    await layer.send("a", {"no": "type"})
    with pytest.raises(ExceptionGroup) as problem:
        await listening
    assert "no type" in str(problem.value.exceptions[0])


async def test_a_cancelled_listener_takes_no_more_messages() -> None:
    layer, heard = InMemoryChannelLayer(), []

    async def wake(name: str) -> None:
        heard.append(name)

    listening = asyncio.create_task(ChannelWorker(WorkerConsumer.as_asgi(wake=wake), "a", layer).arun())
    await asyncio.sleep(0)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    await layer.send("a", {"type": "job.wake", "job": "x"})
    assert (await layer.receive("a"))["job"] == "x"
    assert heard == []


def test_the_command_refuses_the_in_memory_layer(in_memory: None) -> None:
    with pytest.raises(CommandError, match="REDIS_URL"):
        call_command("worker")


def test_every_job_has_a_channel_of_its_own(in_memory: None) -> None:
    channels = [spec.channel for spec in SPECS]
    assert len(set(channels)) == len(channels)
    assert all(get_channel_layer().require_valid_channel_name(channel) for channel in channels)
