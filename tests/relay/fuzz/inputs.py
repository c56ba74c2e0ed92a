"""One bad input of each kind, given to whom it would reach."""

import contextlib
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

from aioice import stun

from broker.signalling import Conversation, Outbox, effects, messages, to_json
from relay import BadOffer, RelayError
from relay.embedded.aiortc_seam import Wire
from relay.embedded.descriptions import parse
from relay.embedded.leg import Connection
from tests.broker.signalling.builders import HELLO, WELCOME
from tests.relay.fuzz.mutations import of_bytes, of_text
from tests.relay.fuzz.scene import BAD, GOOD, TRIED, Scene


class Inputs:
    """`pour` gives one input; `last` is what it was, for whoever has to find a fault."""

    def __init__(self, scene: Scene, dice: random.Random) -> None:
        self.scene, self.dice = scene, dice
        self.last: tuple[str, object] = ("", b"")
        self.counts: dict[str, int] = {}
        self._conversation = self._opened()
        self._seq = 0
        self._tries = 3
        self.kinds: dict[Callable[[], Awaitable[None]], int] = {
            self.stun: 18, self.signed_stun: 6, self.dtls: 10, self.srtp: 14, self.rtp: 18,
            self.rtcp: 16, self.description: 6, self.candidate: 4, self.frame: 8,
        }  # fmt: skip

    async def pour(self) -> None:
        (kind,) = self.dice.choices(list(self.kinds), list(self.kinds.values()))
        self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + 1
        await kind()

    # -- datagrams that nobody has authenticated -------------------------------------

    def _deliver(self, wire: Wire, data: bytes, sender: tuple[str, int]) -> None:
        for socket in wire.sockets[:1]:
            transport: Any = socket.transport
            if transport._poller is None:
                wire.incoming_view[0 : len(data)] = data
                transport.took(len(data), sender)
            else:
                transport._poller.given(transport, data, sender)

    def _target(self) -> Wire:
        room = self.dice.choice((GOOD, BAD, TRIED))
        return self.dice.choice(self.scene.wires(room) or self.scene.wires(GOOD))

    def _sender(self, wire: Wire) -> tuple[str, int]:
        """A stranger, or one who forges the peer's address."""
        if wire.heard_from and self.dice.random() < 0.5:
            return self.dice.choice(sorted(wire.heard_from))
        return "127.0.0.1", self.dice.randrange(1, 1 << 16)

    def _datagram(self, kind: str) -> None:
        wire, data = self._target(), of_bytes(self.scene.real.bytes[kind], self.dice)
        self.last = (kind, data)
        self._deliver(wire, data, self._sender(wire))

    async def stun(self) -> None:
        self._datagram("stun")

    async def dtls(self) -> None:
        self._datagram("dtls")

    async def srtp(self) -> None:
        self._datagram("srtp")

    async def signed_stun(self) -> None:
        """A participant that knows the password signs nonsense, from ever new addresses."""
        connection = self._bad_connection()
        wire, theirs = connection.wire, connection.offer.transport
        own = wire.local("passive")
        message = stun.Message(stun.Method.BINDING, self.dice.choice(list(stun.Class)))
        key = own.password
        asked = [one for socket in wire.sockets for one in socket.transactions]
        if asked and message.message_class is not stun.Class.REQUEST:
            message.transaction_id, key = self.dice.choice(asked), theirs.password
        values: dict[str, Any] = {
            "USERNAME": f"{own.ufrag}:{self.dice.choice((theirs.ufrag, theirs.ufrag, 'x' * 200))}",
            "PRIORITY": self.dice.randrange(1 << 32), "USE-CANDIDATE": None,
            "ICE-CONTROLLING": self.dice.getrandbits(64),
            "ICE-CONTROLLED": self.dice.getrandbits(64),
            "ERROR-CODE": (self.dice.choice((300, 400, 487, 487, 699)), "no"),
        }  # fmt: skip
        for name, value in values.items():
            if self.dice.random() < (0.9 if name == "USERNAME" else 0.5):
                message.attributes[name] = value
        message.add_message_integrity(key.encode())
        data = bytes(message)
        self.last = ("signed_stun", data)
        self._deliver(wire, data, self._sender(wire))

    def _bad_connection(self) -> Connection:
        """One that the hostile side has, or one that it only tries."""
        pair = [self.scene.opposite(role) for role in ("pub", "sub")]
        return self.dice.choice(self.scene.connections(TRIED) + pair)

    # -- packets of one who holds the keys -------------------------------------------

    def _encrypted(self, role: str, packet: bytes, *, control: bool) -> bool:
        """Through the hostile side's SRTP into the engine's end, without the kernel."""
        half = self.scene.hostile._pub if role == "pub" else self.scene.hostile._sub
        assert half is not None
        there = self.scene.opposite(role).wire
        sender = next(iter(half.wire.sockets)).transport.get_extra_info("sockname")
        half.wire._send_to = lambda data, _address: self._deliver(there, bytes(data), sender)
        return half.wire.send_rtcp(packet) if control else half.wire.send_rtp(packet)

    async def _alive(self, role: str) -> None:
        half = self.scene.hostile._pub if role == "pub" else self.scene.hostile._sub
        there = self.scene.opposite(role).wire
        # aioice closes its sockets before DTLS hears of it.
        if half is None or not (half.wire.ready and half.wire.sockets and there.ready):
            await self.scene.renew()

    async def rtp(self) -> None:
        await self._alive("pub")
        whole = self.dice.random() < 0.05
        packet = bytearray(of_bytes(self.scene.real.bytes["rtp"], self.dice, 0 if whole else 12))
        if len(packet) >= 12 and not whole:
            self._seq = (self._seq + self.dice.choice((1, 1, 1, 2, 0xFFFF))) & 0xFFFF
            out = self.dice.choice(list(self.scene.hostile._outbound.values()))
            packet[0] ^= self.dice.choice((0, 0, 0, 0x10, 0x20, 0x0F))
            packet[1] = out.payload_type | self.dice.choice((0, 0x80))
            packet[2:4] = self._seq.to_bytes(2, "big")
            packet[8:12] = out.ssrc.to_bytes(4, "big")
        self.last = ("rtp", bytes(packet))
        role = "sub" if self.dice.random() < 0.02 else "pub"
        await self._alive(role)
        self._encrypted(role, bytes(packet), control=False)

    async def rtcp(self) -> None:
        role = self.dice.choice(("pub", "sub"))
        await self._alive(role)
        keep = 0 if self.dice.random() < 0.1 else 8
        packet = bytearray(of_bytes(self.scene.real.bytes["rtcp"], self.dice, keep))
        if len(packet) >= 16 and self.dice.random() < 0.5:
            packet[0] = 0x80 | self.dice.choice((0, 1, 4, 15, 31))
            packet[1] = self.dice.choice((200, 201, 205, 206))
            packet[2:4] = (len(packet) // 4 - 1).to_bytes(2, "big")
            sinks = [out.ssrc for out in self.scene.hostile._outbound.values()]
            sinks += list(self.scene.hostile._inbound)
            packet[8:12] = self.dice.choice(sinks).to_bytes(4, "big")
        self.last = ("rtcp", bytes(packet))
        self._encrypted(role, bytes(packet), control=True)

    # -- text --------------------------------------------------------------------------

    async def description(self) -> None:
        """Read; and one in thirty is offered to the engine."""
        text = of_text(self.scene.real.offers, self.dice, "\r\n")
        self.last = ("description", text)
        with contextlib.suppress(BadOffer):
            parse(text)
        if self.dice.random() < 0.03:
            await self._offer(text)

    async def _offer(self, text: str) -> None:
        self._tries += 1
        leg, engine = f"leg-{self.dice.randrange(8)}", self.scene.engine
        verb = self.dice.choice((engine.publish, engine.subscribe))
        with contextlib.suppress(RelayError):
            await verb(TRIED, leg, text, self._tries - self.dice.randrange(3))
        if self.dice.random() < 0.1:
            await engine.close_leg(TRIED, leg)

    async def candidate(self) -> None:
        line = of_text(self.scene.real.candidates, self.dice, " ")
        self.last = ("candidate", line)
        of = self._bad_connection()
        room = TRIED if of in self.scene.connections(TRIED) else BAD
        generation = of.generation - (self.dice.random() < 0.1)
        await self.scene.engine.candidate(room, of.leg, of.role, generation, line, None)

    def _opened(self) -> Conversation:
        conversation = Conversation()
        conversation.receive(HELLO)
        conversation.welcome(Outbox("key-1"), WELCOME)
        return conversation

    async def frame(self) -> None:
        """To a conversation; what it asks of the relay is done, so that both are met."""
        offer = self.dice.choice(self.scene.real.offers)
        real = [
            HELLO,
            to_json(messages.Offer("pub", 1, offer)),
            to_json(messages.Ice("pub", 1, "candidate:1 1 udp 1 127.0.0.1 9 typ host", "0")),
            to_json(messages.Chat("c1", "Здравствуйте")),
            to_json(messages.Trouble("sub", 1, "turn_refused")),
            to_json(messages.Ping(1, 0)),
            json.dumps({"type": "cap", "sum": "100"}),
        ]
        text = of_text(real, self.dice, self.dice.choice((",", ":", '"')))
        self.last = ("frame", text)
        if self._conversation.stage.value == "closed":
            self._conversation = self._opened()
        for effect in self._conversation.receive(text):
            if isinstance(effect, effects.Candidate):
                await self.scene.engine.candidate(
                    TRIED, "leg-0", effect.pc, self._tries, effect.candidate, effect.mid
                )
            elif isinstance(effect, effects.Publish) and self.dice.random() < 0.05:
                await self._offer(effect.sdp)
