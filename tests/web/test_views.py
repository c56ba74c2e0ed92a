"""What the engine said, as messages of the wire."""

import pytest

from broker.signalling import countering, messages
from relay import Answer, Source
from web import views


@pytest.mark.parametrize(
    ("offers", "shape"), [(False, messages.Answer), (True, countering.Counter)]
)
def test_an_answer_and_an_offer_of_the_engine_both_say_whose_each_section_is(
    offers: bool, shape: type
) -> None:
    carried = (
        Source("client-video", "client", "video", "1"),
        Source("colleague-video", "colleague-1", "video", "2"),
    )
    told = views.answer("sub", 7, Answer("v=0", carried, offers))
    assert type(told) is shape
    assert (told.pc, told.generation, told.sdp) == ("sub", 7, "v=0")
    assert [(one.id, one.owner, one.mid) for one in told.sources] == [
        ("client-video", "client", "1"), ("colleague-video", "colleague-1", "2"),
    ]  # fmt: skip
