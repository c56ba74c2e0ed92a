"""Carries screen and voice between legs and reports what it saw.

Invariants: packets are forwarded and never decoded; nothing here knows of money; a second is
witnessed from authenticated packets only, each second of a room at most once, and a second
without evidence is told as a second without pairs.
Units: seconds are unix seconds by the given clock; counters are packets and bytes.
"""

from relay.crew import worker_engine as worker_engine
from relay.embedded.service import embedded_engine
from relay.engine import Answer, Engine, RelaySettings, RoomStats, Source
from relay.errors import BadOffer, NoRoom, RelayError, RoomFull, StaleOffer
from relay.errors import FilmFailed as FilmFailed
from relay.errors import NothingRecorded as NothingRecorded
from relay.events import (
    FirstPacket,
    LegConnected,
    LegFailed,
    LegLost,
    LegSecond,
    MediaStalled,
    MinuteWitnessed,
    RecordingGap,
    RelayEvent,
    SecondWitnessed,
    SourceAdded,
    SourceRemoved,
)
from relay.events import NodeSeen as NodeSeen
from relay.events import OfferWanted as OfferWanted
from relay.events import PictureHeld as PictureHeld
from relay.events import RoomLost as RoomLost
from relay.events import RoomMoved as RoomMoved
from relay.failures import FAILURES, Failure
from relay.janus.node import janus_engine as janus_engine
from relay.janus.node import own_janus_engine as own_janus_engine
from relay.janus.process import NoJanus as NoJanus
from relay.links import LegLink as LegLink
from relay.minutes import Minutes as Minutes
from relay.minutes import lost_spans as lost_spans
from relay.minutes import record_faults as record_faults
from relay.minutes import record_hash as record_hash
from relay.recording import Film as Film
from relay.recording import make_film as make_film
from relay.turn import ice_servers

__all__ = [
    "FAILURES",
    "Answer",
    "BadOffer",
    "Engine",
    "Failure",
    "FirstPacket",
    "LegConnected",
    "LegFailed",
    "LegLost",
    "LegSecond",
    "MediaStalled",
    "MinuteWitnessed",
    "NoRoom",
    "RecordingGap",
    "RelayError",
    "RelayEvent",
    "RelaySettings",
    "RoomFull",
    "RoomStats",
    "SecondWitnessed",
    "Source",
    "SourceAdded",
    "SourceRemoved",
    "StaleOffer",
    "embedded_engine",
    "ice_servers",
]
