"""The client against a bare socket that fails in every way: one request, one key, one outcome.

The library sleeps up to seconds between its retries; the pause is taken out here.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import stripe

from ledger import stripe_transport
from ledger.errors import GatewayRefused, GatewayUnreachable
from ledger.stripe_transport import StripeSettings, asked, make_client, under

CUSTOMER = json.dumps({"id": "cus_1", "object": "customer"}).encode()
RETRIED = ["reset", "mid_body", "stall", "500", "503", "409"]


@dataclass
class Bare:
    """`faults` are used up one a connection; `keys` are the idempotency keys that came."""

    url: str = ""
    faults: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    told: list[bytes] = field(default_factory=list)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.told.append(head)
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
        await reader.readexactly(int(lines.get("Content-Length", "0")))
        self.keys.append(lines["Idempotency-Key"])
        fault = self.faults.pop(0) if self.faults else ""
        with contextlib.suppress(ConnectionError):
            if fault == "stall":
                await reader.read()  # until the client has had enough
            else:
                await self._answer(writer, fault)
            writer.close()
            await writer.wait_closed()

    async def _answer(self, writer: asyncio.StreamWriter, fault: str) -> None:
        if fault == "reset":
            writer.transport.abort()
        elif fault == "mid_body":
            writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"id": ')
            await writer.drain()
            writer.transport.abort()
        elif fault:
            status, _, hint = fault.partition(" ")
            extra = f"Stripe-Should-Retry: {hint}\r\n" if hint else ""
            body = b'{"error": {"type": "api_error", "message": "no"}}'
            line = f"HTTP/1.1 {status} No\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
            writer.write(line.encode() + body)
        else:
            size = f"HTTP/1.1 200 OK\r\nContent-Length: {len(CUSTOMER)}\r\n\r\n"
            writer.write(size.encode() + CUSTOMER)


@asynccontextmanager
async def bare() -> AsyncIterator[Bare]:
    one = Bare()
    server = await asyncio.start_server(one.meet, "127.0.0.1", 0)
    one.url = "http://{}:{}".format(*server.sockets[0].getsockname())
    async with server:
        yield one


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bare]:
    monkeypatch.setattr("stripe.HTTPClient.MAX_DELAY", 0.01)
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.01)
    monkeypatch.setattr(stripe_transport, "CALL_S_MAX", 0.2)
    async with bare() as one:
        yield one


async def make(server: Bare, key: str = "k1") -> str:
    client, transport = make_client(StripeSettings("sk_test_1", (), {"api": server.url}))
    try:
        return (await asked(client.v1.customers.create_async({}, under(key)))).id
    finally:
        await transport.close_async()


@pytest.mark.parametrize("fault", RETRIED)
async def test_what_breaks_is_asked_again_under_the_same_key(server: Bare, fault: str) -> None:
    server.faults = [fault]
    assert await make(server) == "cus_1"
    assert server.keys == ["k1", "k1"]


@pytest.mark.parametrize("fault", RETRIED)
async def test_what_stays_broken_is_an_unknown_outcome(server: Bare, fault: str) -> None:
    server.faults = [fault] * 3
    with pytest.raises(GatewayUnreachable):
        await make(server)
    assert server.keys == ["k1"] * 3


@pytest.mark.parametrize("fault", ["429", "500 false"])
async def test_what_must_not_be_hurried_is_left_to_our_own_patience(
    server: Bare, fault: str
) -> None:
    server.faults = [fault]
    with pytest.raises(GatewayUnreachable):
        await make(server)
    assert server.keys == ["k1"]


async def test_a_no_is_a_no(server: Bare) -> None:
    server.faults = ["402"]
    with pytest.raises(GatewayRefused):
        await make(server)
    assert server.keys == ["k1"]


async def test_nobody_there() -> None:
    with pytest.raises(GatewayUnreachable):
        await make(Bare(url="http://127.0.0.1:9"))


async def test_nothing_is_told_about_ourselves(server: Bare) -> None:
    """No telemetry of an earlier call in the headers of the next one."""
    client, transport = make_client(StripeSettings("sk_test_1", (), {"api": server.url}))
    for key in ("k1", "k2"):
        await asked(client.v1.customers.create_async({}, under(key)))
    await transport.close_async()
    assert not stripe.enable_telemetry
    assert not any(b"x-stripe-client-telemetry" in head.lower() for head in server.told)


def test_modes_are_told_apart_by_the_key() -> None:
    assert StripeSettings("sk_live_1", ()).livemode
    assert StripeSettings("rk_live_1", ()).livemode
    assert not StripeSettings("sk_test_1", ()).livemode
