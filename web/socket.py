"""The signalling socket: bytes to broker.signalling and back; rules of the wire are over there.

Ours are the limits of the pipe: exact Origin, 64 KiB a frame, a greeting within ten seconds, a
heartbeat, a bounded queue of frames to write. web/desk.py does what the conversation asks for.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from broker.signalling import HELLO_WITHIN_S, Conversation, Stage, messages
from web import desk
from web.errors import Forbidden
from web.hub import Peer
from web.keys import CLOCK, LOCALE, NEWS
from web.login import from_our_page
from web.shield import address_of

HEARTBEAT_S = 20
CLOSE_WITHIN_S = 5

log = structlog.get_logger("socket")


class Line(web.WebSocketResponse):
    """A socket whose talk begins when its request has been handled.

    aiohttp writes the end of an answer after the last middleware has returned. Speaking there and
    not in the handler, ten thousand idle lines do not hold ten thousand chains of middlewares.
    """

    __slots__ = ("talk",)

    def __init__(self) -> None:
        super().__init__(
            max_msg_size=messages.MESSAGE_BYTES_MAX,
            heartbeat=HEARTBEAT_S,
            timeout=CLOSE_WITHIN_S,
            compress=False,
        )
        self.talk: Callable[[], Awaitable[None]] | None = None

    async def write_eof(self) -> None:  # type: ignore[override]
        talk, self.talk = self.talk, None
        if talk is not None:
            await talk()
        await super().write_eof()


async def open_socket(request: web.Request) -> web.StreamResponse:
    """Shake hands; the talk with the browser follows until either side closes."""
    if not from_our_page(request):
        raise Forbidden("foreign_origin")
    socket = Line()
    await socket.prepare(request)
    socket.talk = partial(_talk, request, socket)
    return socket


async def _talk(request: web.Request, socket: Line) -> None:
    peer = Peer(socket, Conversation(request[LOCALE]), address=address_of(request))
    peer.writes = True
    try:
        going = await _greeting(request, peer)
        while going:
            going = await _heard(request, peer, await socket.receive())
    except Exception:
        log.exception("socket failed", path=request.path)
    finally:
        await _close(request, peer)


async def _greeting(request: web.Request, peer: Peer) -> bool:
    """The first frame, which must come soon."""
    late = asyncio.get_running_loop().call_later(HELLO_WITHIN_S, _greeted_in_time, peer)
    try:
        return await _heard(request, peer, await peer.socket.receive())
    finally:
        late.cancel()


async def _heard(request: web.Request, peer: Peer, frame: WSMessage) -> bool:
    """Take one frame, one at a time and in order; whether another may follow.

    Binary ones have no meaning here; an ERROR says that the limit was passed.
    """
    if frame.type is not WSMsgType.TEXT:
        return False
    found = peer.conversation.receive(frame.data, request.app[CLOCK]())
    await desk.perform(request.app, peer, request.match_info["number"], found)
    return peer.conversation.stage is not Stage.CLOSED


async def _close(request: web.Request, peer: Peer) -> None:
    """Let a goodbye out, then give the seat up."""
    if peer.conversation.stage is Stage.CLOSED and peer.writing is not None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await asyncio.shield(peer.writing)
    peer.writes = False
    if peer.writing is not None:
        peer.writing.cancel()
    await peer.socket.close()
    if peer.announced and peer.conversation.stage is Stage.OPEN and _broken(peer):
        desk.broke(request.app, peer)
        return
    request.app[NEWS].spawn(desk.left(request.app, peer))  # to its end, whoever hangs up meanwhile


def _broken(peer: Peer) -> bool:
    """Whether the line ended without a closing frame: a page that is left sends one."""
    return peer.socket.close_code == WSCloseCode.ABNORMAL_CLOSURE


def _greeted_in_time(peer: Peer) -> None:
    if peer.conversation.stage is Stage.NEW:  # whoever has greeted waits for us
        peer.deliver(peer.conversation.refuse("hello_late"))
