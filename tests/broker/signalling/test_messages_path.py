"""How sound and picture reach a side: told by the server only, and numbered like other news."""

import pytest

from broker.signalling import Outbox, ProtocolError, parse, parse_server, to_json
from broker.signalling.messages_path import PathNow
from tests.broker.signalling.builders import frame, opened, sent

NARROW = PathNow("host", "narrow")


def test_it_is_told_and_replayed() -> None:
    outbox = Outbox("key-1")
    (told,) = sent(opened(outbox).send(NARROW))
    assert (told["type"], told["participant"], told["state"]) == ("path", "host", "narrow")
    assert len(outbox.since(1) or []) == 1
    assert parse_server(to_json(NARROW, 7)) == (7, NARROW)


def test_nobody_tells_the_server() -> None:
    with pytest.raises(ProtocolError, match="unknown_type"):
        parse(frame("path", participant="host", state="good"))
