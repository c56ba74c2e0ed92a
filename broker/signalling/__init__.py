"""The wire: typed messages and a conversation without a socket.

`messages` holds the dataclasses of docs/signalling.md; `parse` and `to_json` move between them and
frames (at most 64 KiB of JSON text). `Conversation` is the state of one socket: `receive(frame)`
answers with `effects` for the skin to perform, `send(message)` numbers and sends. `Outbox` is the
participant's replay buffer; it outlives sockets and holds the resume key. `Board` is what both
sides have drawn on the shown screen; its messages are in `pointing`.

    conversation = Conversation(locale)
    conversation.receive(frame, at)      -> [Admit | Readmit | Publish | ... | Send | Close]
    conversation.welcome(outbox, Welcome(...), missed=None) ; .send(m) ; .error(code) ; .bye(code)
    outbox = Outbox(key) ; outbox.rotate(offered, fresh) ; outbox.since(seq) -> frames | None
"""

from broker.signalling import company as company
from broker.signalling import cosigning as cosigning
from broker.signalling import countering as countering
from broker.signalling import effects, giving, messages, pointing
from broker.signalling import taping as taping
from broker.signalling.board import Board
from broker.signalling.codec import parse, parse_server, to_json, type_of
from broker.signalling.codes import BYES, CODES, ERRORS, words
from broker.signalling.errors import MarkRefused, ProtocolError, ResumeRefused, SignallingError
from broker.signalling.machine import HELLO_WITHIN_S, Conversation, Stage
from broker.signalling.outbox import Outbox

__all__ = [
    "BYES",
    "CODES",
    "ERRORS",
    "HELLO_WITHIN_S",
    "Board",
    "Conversation",
    "MarkRefused",
    "Outbox",
    "ProtocolError",
    "ResumeRefused",
    "SignallingError",
    "Stage",
    "effects",
    "giving",
    "messages",
    "parse",
    "parse_server",
    "pointing",
    "to_json",
    "type_of",
    "words",
]
