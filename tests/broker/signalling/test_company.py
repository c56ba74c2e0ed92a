"""Calls on the wire: who is called, who answers, and who is told that they are there."""

import pytest

from broker.signalling import Outbox, ProtocolError, company, effects, parse, parse_server, to_json
from tests.broker.signalling.builders import frame, opened, sent

ROSTER = company.Company(
    "called",
    "colleague-1",
    "Мария",
    (
        company.Present("host", "host", "Иван", "in"),
        company.Present("client", "client", "Анна", "in"),
        company.Present("colleague-1", "colleague", "Мария", "called", True, "30 %", "/c/t"),
    ),
)


def test_a_call_and_its_answer_become_effects() -> None:
    one = opened()
    assert one.receive(frame("call", part="colleague", email="m@example.org", share_bp=3000)) == [
        effects.Call(company.Call("colleague", "m@example.org", 3000))
    ]
    assert one.receive(frame("call_answer", seat="colleague-1", action="refuse")) == [
        effects.CallAnswer(company.CallAnswer("colleague-1", "refuse"))
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        frame("call", part="host"),
        frame("call", part="colleague", share_bp="30 %"),
        frame("call_answer", seat="colleague-9", action="agree"),
        frame("call_answer", seat="colleague-1", action="enter"),
    ],
)
def test_what_is_no_call_is_refused(wrong: str) -> None:
    with pytest.raises(ProtocolError):
        parse(wrong)


def test_a_roster_is_numbered_and_told_again_to_whoever_missed_it() -> None:
    outbox = Outbox("key-1")
    (told,) = sent(opened(outbox).send(ROSTER))
    assert (told["type"], told["event"], told["present"][2]["name"]) == (
        "company", "called", "Мария",
    )  # fmt: skip
    missed = outbox.since(told["seq"] - 1)
    assert missed is not None
    assert [parse_server(frame) for frame in missed] == [(told["seq"], ROSTER)]
    assert parse_server(to_json(ROSTER, 3)) == (3, ROSTER)
