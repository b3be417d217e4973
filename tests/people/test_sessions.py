"""Whoever is out is out at once: sessions, pages and their sockets."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from recovery import routing
from recovery.actions import people, rights, signing_in
from recovery.live.hub import the_hub
from recovery.live.listen import listen
from tests import factories as make
from tests.people.people import acting

pytestmark = pytest.mark.django_db(transaction=True)


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_deactivation_ends_every_session_and_no_other() -> None:
    boss, whom = acting(), make.person("operator")
    here, there, other = browser(whom), browser(whom), browser(make.person("viewer"))
    rights.deactivate(whom.pk, actor=boss)
    assert [client.get("/account/").status_code for client in (here, there, other)] == [302, 302, 200]
    assert Session.objects.count() == 1


def test_activation_revives_no_session() -> None:
    boss, whom = acting(), make.person("operator")
    client = browser(whom)
    rights.deactivate(whom.pk, actor=boss)
    rights.activate(whom.pk, actor=boss)
    assert client.get("/account/").status_code == 302


def test_a_lost_role_holds_from_the_next_request_on() -> None:
    boss, whom = acting(), make.person("admin")
    client = browser(whom)
    assert client.get("/people/").status_code == 200
    rights.change_rights(whom.pk, "viewer", True, (), base=1, actor=boss)
    assert client.get("/people/").status_code == 403
    assert client.get("/account/").status_code == 200


def test_a_new_password_by_link_ends_every_session() -> None:
    whom = make.person("viewer")
    client = browser(whom)
    people.use_link(people.new_password_link(whom, actor=acting()), username="", password="nine loud rivers 52")
    assert client.get("/account/").status_code == 302


async def opened(client: Client) -> WebsocketCommunicator:
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()).encode()
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", cookie)]
    socket = WebsocketCommunicator(routing.sockets, "/ui/live", headers=headers)
    connected, _ = await socket.connect(timeout=10)
    assert connected
    return socket


async def closed(socket: WebsocketCommunicator) -> int:
    """The code with which it closes."""
    while True:
        message = await socket.receive_output(timeout=20)
        if message["type"] == "websocket.close":
            return int(message["code"])


def deactivated(whom: User, boss: Any) -> None:
    rights.deactivate(whom.pk, actor=boss)


def new_password(whom: User, boss: Any) -> None:
    people.change_password(whom, "nine loud rivers 52", actor=boss)


def role_taken(whom: User, boss: Any) -> None:
    from recovery.live.hints import send_hint
    from recovery.models import Membership

    Membership.objects.filter(user=whom).delete()
    send_hint("person", whom.pk)


@pytest.mark.parametrize("end", [deactivated, new_password, role_taken])
async def test_an_open_page_is_closed_by_the_hint_and_others_stay(end: Any) -> None:
    hints = asyncio.create_task(listen(the_hub().hear))
    boss = await sync_to_async(acting)()
    whom, other = await sync_to_async(make.person)("operator"), await sync_to_async(make.person)("viewer")
    theirs, anothers = [await opened(await sync_to_async(browser)(user)) for user in (whom, other)]
    await asyncio.sleep(0)
    await sync_to_async(end)(whom, boss)
    assert await closed(theirs) == 4403
    assert await anothers.receive_nothing(timeout=0.2)
    await anothers.disconnect()
    hints.cancel()


async def test_signing_out_closes_the_pages_of_that_session_only() -> None:
    hints = asyncio.create_task(listen(the_hub().hear))
    whom = await sync_to_async(make.person)("viewer")
    here, there = await sync_to_async(browser)(whom), await sync_to_async(browser)(whom)
    mine, elsewhere = await opened(here), await opened(there)
    await sync_to_async(here.post)("/account/sign-out/")
    assert await closed(mine) == 4403
    assert await elsewhere.receive_nothing(timeout=0.2)
    await elsewhere.disconnect()
    hints.cancel()


def test_signing_out_is_written_down() -> None:
    from recovery.models import AuditEntry

    client = browser(make.person("viewer", "vera"))
    client.post("/account/sign-out/")
    assert AuditEntry.objects.get().act == "sign out"
    assert AuditEntry.objects.get().actor == "vera"
    client.post("/account/sign-out/")
    assert AuditEntry.objects.count() == 1
    assert signing_in.SIGN_IN == "sign in"
