"""An engine that offers itself: its offer comes instead of an answer, and is answered in turn."""

from broker.signalling import Outbox, countering, effects, messages
from tests.broker.signalling.builders import frame, opened, sent

SCREEN = messages.MappedSource("c-video-0", "client", "video", "1")
ENGINES = countering.Counter("sub", 2, "v=0 engine", (SCREEN,))
OFFER = frame("offer", pc="sub", generation=2, sdp="v=0 client")


def test_the_answer_to_a_counter_is_given_to_the_engine() -> None:
    conversation = opened(Outbox("k"))
    conversation.receive(OFFER)
    (told,) = sent(conversation.send(ENGINES))
    assert (told["type"], told["pc"], told["generation"]) == ("counter", "sub", 2)
    assert told["sources"] == [{"id": "c-video-0", "owner": "client", "kind": "video", "mid": "1"}]
    said = frame("accept", pc="sub", generation=2, sdp="v=0 answer")
    accepted = countering.Accept("sub", 2, "v=0 answer")
    assert conversation.receive(said) == [effects.Accept(accepted)]


def test_the_same_offer_again_gets_the_same_counter() -> None:
    conversation = opened(Outbox("k"))
    conversation.receive(OFFER)
    conversation.send(ENGINES)
    (told,) = sent(conversation.receive(OFFER))
    assert (told["type"], told["sdp"]) == ("counter", "v=0 engine")


def test_what_a_newer_offer_made_void_is_dropped() -> None:
    conversation = opened(Outbox("k"))
    assert conversation.receive(frame("accept", pc="sub", generation=2, sdp="v=0")) == []
    conversation.receive(OFFER)
    conversation.receive(frame("offer", pc="sub", generation=3, sdp="v=0 newer"))
    assert conversation.send(ENGINES) == []
    assert conversation.receive(frame("accept", pc="sub", generation=2, sdp="v=0")) == []
