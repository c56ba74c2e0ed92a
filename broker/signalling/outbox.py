"""One participant's numbered messages; outlives a socket so that the next one can go on."""

import hmac
from dataclasses import dataclass, field

from broker.signalling.codec import to_json
from broker.signalling.countering import Counter
from broker.signalling.errors import ResumeRefused
from broker.signalling.giving import FileNow
from broker.signalling.messages import (
    Answer,
    Bye,
    Meter,
    Offer,
    Pong,
    Resumed,
    ServerMessage,
    Welcome,
)
from broker.signalling.pointing import MarkCleared, MarkSeen, PointerSeen

REPLAY_MESSAGES_MAX = 256
# All marks and files are told anew by every welcome: kept here they would push out what only this
# buffer has. Whoever missed one of them cannot do without a welcome.
RETOLD = (MarkSeen, MarkCleared, FileNow)
# Worth nothing later: a pong and a pointer are late, a meter and a welcome are replaced by newer
# ones, and a bye belonged to its socket.
VOLATILE = (Welcome, Resumed, Meter, Pong, Bye, PointerSeen, *RETOLD)


@dataclass(slots=True)
class Outbox:
    """Numbers messages from 1 and keeps the last `REPLAY_MESSAGES_MAX` that were not acknowledged.

    `key` is the resume key now valid. The key before it stays valid until the welcome that
    carried the new one is acknowledged: that welcome may have been lost with its socket.
    `retold` is the number of the last message that only a welcome tells again.
    `offers` and `answers` are the newest of each peer connection: media outlives a socket too.
    """

    key: str
    seq: int = 0
    acked: int = 0
    retold: int = 0
    offers: dict[str, Offer] = field(default_factory=dict)
    answers: dict[str, Answer | Counter] = field(default_factory=dict)
    _previous_key: str | None = None
    _rotated_at_seq: int = 0
    _kept: list[tuple[int, str]] = field(default_factory=list)
    _dropped_seq: int = 0

    def number(self, message: ServerMessage) -> str:
        """The frame of the message under the next number."""
        self.seq += 1
        text = to_json(message, self.seq)
        if isinstance(message, RETOLD):
            self.retold = self.seq
        if not isinstance(message, VOLATILE):
            self._kept.append((self.seq, text))
            if len(self._kept) > REPLAY_MESSAGES_MAX:
                self._dropped_seq = self._kept.pop(0)[0]
        return text

    def ack(self, seq: int) -> None:
        """The client has applied everything up to `seq`; a number not sent yet is ignored."""
        if seq > self.seq:
            return
        self.acked = max(self.acked, seq)
        self._kept[:] = [one for one in self._kept if one[0] > self.acked]
        if self._previous_key is not None and self.acked >= self._rotated_at_seq:
            self._previous_key = None

    def since(self, seq: int) -> list[str] | None:
        """The frames after `seq`, or None when some of them are gone."""
        if seq > self.seq or seq < max(self._dropped_seq, self.acked):
            return None
        return [text for number, text in self._kept if number > seq]

    def rotate(self, offered: str, fresh: str) -> None:
        """Take `fresh` as the key if `offered` is good. Raises: ResumeRefused."""
        good = [self.key] if self._previous_key is None else [self.key, self._previous_key]
        if not any(self._opens(key, offered) for key in good):
            raise ResumeRefused()
        self._previous_key, self.key = offered, fresh
        self._rotated_at_seq = self.seq + 1

    @staticmethod
    def _opens(key: str, offered: str) -> bool:
        return hmac.compare_digest(key.encode(), offered.encode())
