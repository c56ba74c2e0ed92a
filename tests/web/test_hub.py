"""Delivery to sockets has a limit: whoever does not read is let go, nobody waits for them."""

from typing import Any

from broker.signalling import Conversation, Outbox, effects, messages
from web.hub import FRAMES_WAITING_MAX, Hub, Peer
from web.tickets import Seat

SEAT = Seat("S-2026-000001", "host", "ivan", "ru")


class NoSocket:
    """A socket that nobody reads."""


def peer(hub: Hub, seat: Seat = SEAT) -> Peer:
    socket: Any = NoSocket()
    found = Peer(socket, Conversation("ru"))
    found.conversation.receive('{"type":"hello","v":[1],"ticket":"t"}')
    welcome: Any = messages.Pong(1)
    outbox = Outbox("key")
    found.conversation.stage = type(found.conversation.stage).OPEN
    found.conversation.outbox = outbox
    hub.attach(found, seat)
    hub.keep(seat, outbox)
    found.say(welcome)
    return found


def frames(found: Peer) -> list[effects.Send | effects.Close]:
    taken, found.waiting = found.waiting, []
    return taken


def test_a_peer_that_does_not_read_is_let_go() -> None:
    found = peer(Hub())
    for n in range(FRAMES_WAITING_MAX + 1):
        found.say(messages.Pong(n))
    assert frames(found) == [effects.Close("too_slow")]


def test_the_newer_socket_takes_the_seat() -> None:
    hub = Hub()
    older = peer(hub)
    newer = peer(hub)
    assert frames(older)[-1] == effects.Close("replaced")
    assert hub.peer(SEAT.session, "host") is newer
    assert hub.detach(older) is False
    assert hub.online(SEAT.session, "host")
    assert hub.detach(newer) is True
    assert not hub.online(SEAT.session, "host")


def test_what_is_said_to_a_session_reaches_both_or_all_but_one() -> None:
    hub = Hub()
    host, client = peer(hub), peer(hub, Seat(SEAT.session, "client", "anna", "en"))
    for one in (host, client):
        frames(one)
    hub.say(SEAT.session, messages.WantOffer("sub", "new_source"), but="client")
    assert (len(frames(host)), len(frames(client))) == (1, 0)
    assert hub.sessions() == [SEAT.session]


def test_a_finished_session_leaves_nothing_behind() -> None:
    hub = Hub()
    peer(hub)
    hub.forget(SEAT.session)
    assert hub.outbox(SEAT.session, "host") is None
    assert hub.sources(SEAT.session) == ()
