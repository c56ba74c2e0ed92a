"""Who is on a socket now: bounded delivery to each, replay buffers that outlive sockets.

One seat (session, role) has at most one socket; a newer one replaces the older. A peer that does
not read is let go: the queue of frames for it has a limit, and so has the time of one write.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import get_args
from weakref import WeakValueDictionary

from aiohttp import WSCloseCode, web
from prometheus_client import Gauge

from broker.signalling import Board, Conversation, Outbox, effects, messages
from relay import Failure, Source
from web.pointers import Pointers
from web.tickets import Seat

FRAMES_WAITING_MAX = 256
WRITE_WITHIN_S = 10
SEATS: tuple[str, ...] = get_args(messages.Seat)
CLOSE_CODES = {"going_away": WSCloseCode.SERVICE_RESTART, "too_slow": WSCloseCode.TRY_AGAIN_LATER}

SOCKETS = Gauge("minuta_sockets", "Signalling sockets that are open")


@dataclass(eq=False, slots=True)
class Peer:
    """One socket: its conversation, and what waits to be written to it."""

    socket: web.WebSocketResponse
    conversation: Conversation
    seat: Seat | None = None
    address: str = ""  # of the browser, as the nearest trusted proxy saw it
    pointers: Pointers = field(default_factory=Pointers)
    turn: dict[str, Failure] = field(default_factory=dict)  # "pub", "sub": trouble of the newest
    announced: bool = False  # all that follows from its sitting down is done
    away: asyncio.TimerHandle | None = None  # its line broke; its seat is kept until then
    base: int = 0  # added to the page's generations: a reloaded page counts from its start again
    waiting: list[effects.Send | effects.Close] = field(default_factory=list)
    # A task while something waits, and none on the thousands of lines that are idle.
    writing: asyncio.Task[None] | None = None
    writes: bool = False  # whether frames are written at all: not yet, or no more

    def deliver(self, found: Iterable[effects.Effect]) -> None:
        """Queue frames; beyond the limit the peer is too slow and is closed, never waited for.

        What is sent to one who is away is numbered by now, and replayed from the outbox.
        """
        if self.away is not None:
            return
        for effect in found:
            if not isinstance(effect, effects.Send | effects.Close):
                continue
            if len(self.waiting) >= FRAMES_WAITING_MAX and isinstance(effect, effects.Send):
                self._drop("too_slow")
                break
            self.waiting.append(effect)
        if self.waiting and self.writes and self.writing is None:
            self.writing = asyncio.get_running_loop().create_task(self._write())

    def say(self, message: messages.ServerMessage) -> None:
        self.deliver(self.conversation.send(message))

    async def _write(self) -> None:
        """Write what waits; after a `Close` nothing more."""
        try:
            while self.waiting and self.writes:
                await self._write_one(self.waiting.pop(0))
        finally:
            self.writing = None

    async def _write_one(self, effect: effects.Send | effects.Close) -> None:
        if isinstance(effect, effects.Close):
            self.writes = False
            code = CLOSE_CODES.get(effect.code, WSCloseCode.OK)
            await self.socket.close(code=code, message=effect.code.encode())
            return
        try:
            async with asyncio.timeout(WRITE_WITHIN_S):
                await self.socket.send_str(effect.text)
        except (TimeoutError, ConnectionError, RuntimeError):
            self._drop("too_slow")

    def _drop(self, code: str) -> None:
        self.conversation.bye(code)
        self.waiting[:] = [effects.Close(code)]


@dataclass(frozen=True, slots=True)
class Sight:
    """A session as its sockets were told of it last: state, cause and who paused; warnings."""

    state: tuple[str, str | None, str | None]
    warned: tuple[int, ...] = ()


class Hub:
    """The peers of this process and what the relay says they publish."""

    def __init__(self) -> None:
        self.sights: dict[str, Sight] = {}  # of sessions that are metered elsewhere
        self.leaving = asyncio.Lock()
        self.untold: set[str] = set()  # sessions whose client has not read who is called
        self._peers: dict[tuple[str, str], Peer] = {}
        self._outboxes: dict[tuple[str, str], tuple[Outbox, Seat]] = {}
        self._sources: dict[str, dict[str, Source]] = {}
        self._boards: dict[str, Board] = {}
        self._bases: dict[tuple[str, str], int] = {}
        self._tops: dict[tuple[str, str], int] = {}
        self._seatings: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def seating(self, session: str) -> asyncio.Lock:
        """Held while somebody sits down or gets up: what is written is what the hub holds."""
        return self._seatings.setdefault(session, asyncio.Lock())

    def attach(self, peer: Peer, seat: Seat) -> None:
        """Give the seat to this socket; an older one is told that it was replaced."""
        older = self._peers.get((seat.session, seat.role))
        if older is not None and older is not peer:
            if older.away is not None:
                older.away.cancel()
            older.deliver(older.conversation.bye("replaced"))
        peer.seat = seat
        self._peers[(seat.session, seat.role)] = peer
        SOCKETS.set(len(self._peers))

    def detach(self, peer: Peer) -> bool:
        """Forget a closed socket; whether its seat is empty now (it may have been replaced)."""
        seat = peer.seat
        if seat is None or self._peers.get((seat.session, seat.role)) is not peer:
            return False
        del self._peers[(seat.session, seat.role)]
        SOCKETS.set(len(self._peers))
        return True

    def peer(self, session: str, role: str) -> Peer | None:
        return self._peers.get((session, role))

    def online(self, session: str, role: str) -> bool:
        return (session, role) in self._peers

    def peers(self, session: str) -> Iterator[Peer]:
        for role in SEATS:
            if peer := self._peers.get((session, role)):
                yield peer

    def away(self) -> list[Peer]:
        """Whose line broke and whose seat is kept."""
        return [peer for peer in self._peers.values() if peer.away is not None]

    def sessions(self) -> list[str]:
        """Sessions with at least one socket, in order."""
        return sorted({session for session, _ in self._peers})

    def say(
        self,
        session: str,
        message: messages.ServerMessage,
        but: str = "",
        to: Collection[str] = SEATS,
    ) -> None:
        """The same message to everybody in the session who sits in one of the seats `to`, except
        the seat `but`."""
        for peer in self.peers(session):
            if peer.seat is not None and peer.seat.role != but and peer.seat.role in to:
                peer.say(message)

    def turn_out(self, session: str, role: str, code: str, url: str) -> None:
        """Somebody is to leave at once and does not come back by a resume key."""
        peer = self._peers.pop((session, role), None)
        self._forget_seat(session, role)
        if peer is not None:
            SOCKETS.set(len(self._peers))
            if peer.away is not None:
                peer.away.cancel()
            peer.deliver(peer.conversation.bye(code, url))
            peer.seat = None

    def count_from(self, peer: Peer, seat: Seat, same_page: bool) -> None:
        """Place the generations of a page after all that the relay has seen from this seat."""
        place = (seat.session, seat.role)
        if not same_page:
            self._bases[place] = self._tops.get(place, -1) + 1
        peer.base = self._bases.get(place, 0)

    def generation(self, peer: Peer, seat: Seat, own: int) -> int:
        """The relay's number for a generation of the page."""
        place, found = (seat.session, seat.role), peer.base + own
        self._tops[place] = max(found, self._tops.get(place, -1))
        return found

    def outbox(self, session: str, role: str) -> tuple[Outbox, Seat] | None:
        """The replay buffer of a seat, with whose seat it was."""
        return self._outboxes.get((session, role))

    def keep(self, seat: Seat, outbox: Outbox) -> None:
        self._outboxes[(seat.session, seat.role)] = (outbox, seat)

    def sources(self, session: str) -> tuple[Source, ...]:
        return tuple(self._sources.get(session, {}).values())

    def source_added(self, session: str, source: Source) -> None:
        self._sources.setdefault(session, {})[source.id] = source

    def source_removed(self, session: str, source: Source) -> None:
        self._sources.get(session, {}).pop(source.id, None)

    def board(self, session: str, make: bool = False) -> Board:
        """What is drawn on the screens of the session; kept from the first mark on."""
        found = self._boards.get(session, Board())
        return self._boards.setdefault(session, found) if make else found

    def forget(self, session: str) -> None:
        """The session is over: nothing will be replayed."""
        self._sources.pop(session, None)
        self._boards.pop(session, None)
        self.untold.discard(session)
        for role in SEATS:
            self._forget_seat(session, role)

    def _forget_seat(self, session: str, role: str) -> None:
        for kept in (self._outboxes, self._bases, self._tops):
            kept.pop((session, role), None)

    async def close(self) -> None:
        """Tell everybody that the server restarts, and close with 1012."""
        peers = list(self._peers.values())
        for peer in peers:
            peer.deliver(peer.conversation.bye("going_away"))
        closing = (
            peer.socket.close(code=WSCloseCode.SERVICE_RESTART, message=b"going_away")
            for peer in peers
        )
        await asyncio.sleep(0.05)  # lets the writers send the goodbye first
        await asyncio.gather(*closing, return_exceptions=True)
