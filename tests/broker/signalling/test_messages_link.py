"""What the ends say of the line: trouble with TURN, and coming back without a picture."""

import pytest

from broker.signalling import Conversation, Outbox, effects, messages
from tests.broker.signalling.builders import codes, frame, opened, sent


@pytest.mark.parametrize("code", ["turn_refused", "turn_unreachable"])
def test_trouble_of_the_newest_offer_is_passed_on(code: str) -> None:
    conversation = opened()
    conversation.receive(frame("offer", pc="sub", generation=4, sdp="v=0"))
    said = frame("trouble", pc="sub", generation=4, code=code)
    assert conversation.receive(said) == [effects.Trouble("sub", code)]  # type: ignore[arg-type]


def test_trouble_of_another_connection_means_nothing() -> None:
    conversation = opened()
    conversation.receive(frame("offer", pc="sub", generation=4, sdp="v=0"))
    for pc, generation in (("sub", 3), ("sub", 5), ("pub", 4)):
        stray = frame("trouble", pc=pc, generation=generation, code="turn_refused")
        assert conversation.receive(stray) == []


def test_only_known_trouble_is_taken() -> None:
    said = frame("trouble", pc="sub", generation=4, code="the dog")
    assert codes(opened().receive(said)) == ["wrong_value"]


def test_a_stale_offer_is_told_and_counted() -> None:
    conversation = opened()
    conversation.receive(frame("offer", pc="pub", generation=4, sdp="v=0"))
    found = conversation.receive(frame("offer", pc="pub", generation=3, sdp="v=0"))
    assert found[0] == effects.Stale("pub")
    assert codes(found) == ["stale_generation"]


def test_whoever_kept_the_picture_is_only_told_that_the_line_is_back() -> None:
    outbox = Outbox("key-1")
    first = opened(outbox)
    first.send(messages.ChatLine("c1", "host", "Вы тут?", "2026-11-22T12:00:00.000Z"))
    asked = {"participant": "host", "key": "key-1", "seq": 1}
    second = Conversation()
    (readmit,) = second.receive(frame("hello", v=[1], resume=asked, brief=True))
    assert isinstance(readmit, effects.Readmit)
    assert readmit.brief
    second.receive(frame("ping", t=7, ack=1))
    told = messages.Resumed(messages.ResumeKey("host", "key-2"), (), "2026-11-22T12:00:01.000Z")
    found = sent(second.resumed(outbox, told, outbox.since(1) or []))
    assert [(one["type"], one["seq"]) for one in found] == [
        ("chat", 2), ("resumed", 3), ("pong", 4),
    ]  # fmt: skip
    assert second.resumed(outbox, told, []) == [], "only once"
    assert outbox.since(2) == [], "it is worth nothing later"
