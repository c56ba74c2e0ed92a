"""Messages of an engine that wants to offer itself: it counters the client's offer with its own.

Only for what the client receives (`sub`). The client's offer is void then, its generation goes on.
"""

from dataclasses import dataclass

from broker.signalling.messages_link import MappedSource, PeerConnection


@dataclass(frozen=True, slots=True)
class Counter:
    """Instead of an answer: an offer, to be answered by `accept`. Empty: nothing to receive yet.

    `sources`: which section of this offer carries what.
    """

    pc: PeerConnection
    generation: int
    sdp: str
    sources: tuple[MappedSource, ...]


@dataclass(frozen=True, slots=True)
class Accept:
    """The answer to `counter`, of the same generation."""

    pc: PeerConnection
    generation: int
    sdp: str


FromClient = Accept
FromServer = Counter
CLIENT: dict[str, type[FromClient]] = {"accept": Accept}
SERVER: dict[str, type[FromServer]] = {"counter": Counter}
