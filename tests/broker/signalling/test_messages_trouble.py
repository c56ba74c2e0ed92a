"""`trouble`: what a browser says of TURN, kept to the newest offer."""

import pytest

from broker.signalling import effects
from tests.broker.signalling.builders import codes, frame, opened


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
