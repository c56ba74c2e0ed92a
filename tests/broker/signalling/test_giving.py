"""Files on the wire: told by the server only, and whole in every welcome."""

from dataclasses import replace

import pytest

from broker.signalling import Outbox, ProtocolError, giving, parse, parse_server, to_json
from tests.broker.signalling.builders import WELCOME, frame, opened, sent

FILE = giving.FileNow("client", "file-0001", "счёт.pdf", 10, "ab" * 32, 4, "offered", False)


def test_a_file_is_told_and_never_replayed() -> None:
    outbox = Outbox("key-1")
    (told,) = sent(opened(outbox).send(FILE))
    assert (told["type"], told["from"], told["have"], told["seq"]) == ("file", "client", 4, 2)
    assert outbox.since(1) == []


def test_a_welcome_brings_all_files() -> None:
    welcome = replace(WELCOME, session=replace(WELCOME.session, files=(FILE,)))
    assert parse_server(to_json(welcome, 1)) == (1, welcome)


def test_nobody_tells_the_server_of_files_here() -> None:
    with pytest.raises(ProtocolError, match="unknown_type"):
        parse(frame("file", id="file-0001"))
