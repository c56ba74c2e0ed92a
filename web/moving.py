"""A relay node died and its rooms are elsewhere: who sits in them is asked to offer anew.

What the node published is gone with it and told so already, so each publication that comes back is
a new source, for which the others are asked to offer their receiving connection (web/desk.py).
"""

import structlog
from aiohttp import web

from broker.signalling import messages
from relay import NodeSeen, OfferWanted, RoomLost, RoomMoved
from web import metrics
from web.keys import HUB

log = structlog.get_logger("media")


def saw(app: web.Application, event: RoomLost | RoomMoved | OfferWanted | NodeSeen) -> None:
    """Called by the engine: nothing of it is written into the session's journal."""
    match event:
        case NodeSeen():
            metrics.node_seen(event)
        case OfferWanted():
            peer = app[HUB].peer(event.room, event.leg)
            if peer is not None:
                why = "new_source" if event.role == "sub" else "lost"
                peer.say(messages.WantOffer(event.role, why))
        case RoomLost():
            metrics.ROOMS_LOST.labels(event.node).inc()
            log.warning("the relay node of a session died", session=event.room, node=event.node)
        case RoomMoved():
            app[HUB].say(event.room, messages.WantOffer("pub", "engine_moved"))
            log.info("the media of a session moved", session=event.room, node=event.node)
