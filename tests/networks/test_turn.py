"""The file that operators give to coturn: who is let in, and to whom he may speak."""

import asyncio
import contextlib
import ssl
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aioice.turn
import pytest
from aioice.stun import TransactionFailed
from aioice.turn import TurnClientTcpProtocol, TurnClientUdpProtocol

from relay.turn import credentials
from tests.networks.lab import SECRET, TURN_PORT, TURN_TLS_PORT, coturn
from tests.networks.spaces import RELAY, TURN, Networks

pytestmark = pytest.mark.slow

CHANNEL = 0x4000
LIFETIME_S = 600
Client = TurnClientTcpProtocol | TurnClientUdpProtocol


class Echo(asyncio.DatagramProtocol):
    """A relay node as the TURN server sees one: what it is sent it sends back."""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        self._transport.sendto(data, address)


def ours(of: str = "S-1", expires_in_s: int = 60, secret: str = SECRET) -> tuple[str, str]:
    return credentials(secret, of, "host", int(time.time()) + expires_in_s)


@contextlib.asynccontextmanager
async def client(
    name: str, password: str, how: str = "udp", trusted: Path | None = None
) -> AsyncIterator[Client]:
    """An allocation over udp, tcp or tls; `trusted`: the certificate to believe."""
    loop = asyncio.get_running_loop()
    server = (TURN, TURN_TLS_PORT if how == "tls" else TURN_PORT)
    kind = TurnClientUdpProtocol if how == "udp" else TurnClientTcpProtocol
    one = kind(server, name, password, LIFETIME_S, LIFETIME_S)
    transport: Any
    if how == "udp":
        transport, _ = await loop.create_datagram_endpoint(lambda: one, remote_addr=server)
    else:
        context = ssl.create_default_context(cafile=trusted) if how == "tls" else None
        transport, _ = await loop.create_connection(lambda: one, *server, ssl=context)
    try:
        await one.connect()
        yield one
    finally:
        with contextlib.suppress(TransactionFailed):
            await one.delete()
        transport.close()


async def refusal(name: str, password: str) -> int:
    with pytest.raises(TransactionFailed) as refused:
        async with client(name, password):
            pass
    return int(refused.value.response.attributes["ERROR-CODE"][0])


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of the TURN server's address, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-days", "1", "-subj", "/CN=turn", "-addext", f"subjectAltName=IP:{TURN}",
        "-keyout", str(key), "-out", str(cert),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


async def test_the_file_of_operators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, key = certificate(tmp_path)
    with (
        Networks() as net,
        net.server.inside(),
        coturn("--cert", str(cert), "--pkey", str(key)),
    ):
        echo, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            Echo, local_addr=(RELAY, 0)
        )
        node = echo.get_extra_info("sockname")
        for how in ("udp", "tcp", "tls"):
            await _relays(how, node, cert)
        await _speaks_to_nobody_else(net)
        await _lets_nobody_else_in(monkeypatch)
        echo.close()


async def _relays(how: str, node: tuple[str, int], cert: Path) -> None:
    """A packet to the relay node comes back."""
    came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    async with client(*ours(), how, cert) as one:
        one.receiver = _Receiver(came)
        await one.channel_bind(CHANNEL, node)
        await one.send_data(b"picture", node)
        async with asyncio.timeout(5):
            assert await came == b"picture", how


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, came: asyncio.Future[bytes]) -> None:
        self._came = came

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._came.set_result(data)


async def _speaks_to_nobody_else(net: Networks) -> None:
    """Not to the server's other addresses, nor to a neighbour, nor to the world."""
    peers = (TURN, net.host.far, net.host.near, "127.0.0.1", "169.254.169.254", "8.8.8.8")
    async with client(*ours()) as one:
        for peer in peers:
            with pytest.raises(TransactionFailed) as refused:
                await one.channel_bind(CHANNEL, (peer, 80))
            assert refused.value.response.attributes["ERROR-CODE"][0] == 403, peer


async def _lets_nobody_else_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expired, forged, another's name under our password, another realm's key."""
    name, password = ours()
    assert await refusal(*ours(expires_in_s=-60)) == 401
    assert await refusal(*ours(secret="another")) == 401
    assert await refusal(name.replace("S-1", "S-2"), password) == 401
    made = aioice.turn.make_integrity_key
    monkeypatch.setattr(
        aioice.turn, "make_integrity_key", lambda of, _realm, word: made(of, "other", word)
    )
    assert await refusal(name, password) == 401
