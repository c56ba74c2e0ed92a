"""The conversation, message by message, without a socket."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.signalling import (
    Conversation,
    Outbox,
    ResumeRefused,
    Stage,
    effects,
    messages,
    pointing,
    taping,
    to_json,
)
from broker.signalling.machine import EARLY_MAX, ERRORS_MAX, FRAMES_BURST
from broker.signalling.outbox import REPLAY_MESSAGES_MAX
from tests.broker.signalling.builders import HELLO, WELCOME, codes, frame, opened, sent

MARK = pointing.Mark("m1", "client-video-0", "box", ((0, 0), (10, 10)), 1)  # type: ignore[arg-type]
PLACE = pointing.Pointer("client-video-0", 5000, 2500)  # type: ignore[arg-type]
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def state(pressed: tuple[messages.Role, ...] = ()) -> messages.StateChange:
    return messages.StateChange(
        "together", None, None, "2026-11-21T12:00:00Z", pressed, messages.Peer("Иван", True, True)
    )


# Hello first.


def test_hello_asks_to_be_let_in_and_the_welcome_opens() -> None:
    conversation = Conversation()
    assert conversation.receive(HELLO) == [effects.Admit("t1", "test")]
    assert conversation.stage is Stage.GREETED
    (welcome,) = sent(conversation.welcome(Outbox("key-1"), WELCOME))
    assert (welcome["type"], welcome["seq"], welcome["resumed"]) == ("welcome", 1, False)
    assert welcome["resume"] == {"participant": "client", "key": "key-1"}
    assert conversation.stage is Stage.OPEN
    assert conversation.welcome(Outbox("key-2"), WELCOME) == [], "one welcome"


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (frame("start"), "hello_expected"),
        ("garbage", "hello_expected"),
        (frame("hello"), "hello_expected"),
        (frame("hello", v=[2, 3], ticket="t"), "version_unsupported"),
        (frame("hello", v=[], ticket="t"), "version_unsupported"),
        (frame("hello", v=[1]), "ticket_needed"),
    ],
)
def test_anything_else_first_closes(first: str, code: str) -> None:
    conversation = Conversation()
    found = conversation.receive(first)
    assert codes(found) == [code]
    assert found[-1] == effects.Close(code)
    assert conversation.stage is Stage.CLOSED
    assert conversation.receive(HELLO) == []


def test_a_ticket_that_opens_nothing() -> None:
    conversation = Conversation("ru")
    conversation.receive(HELLO)
    (farewell,) = sent(conversation.refuse("ticket_refused"))
    assert (farewell["type"], farewell["seq"]) == ("bye", 0)
    assert farewell["text"] == "Пропуск устарел. Обновите страницу"


def test_frames_that_come_before_the_welcome_wait_for_it() -> None:
    conversation = Conversation()
    conversation.receive(HELLO)
    assert conversation.receive(frame("start")) == []
    assert conversation.receive(frame("ping", t=5, ack=0)) == []
    found = conversation.welcome(Outbox("key-1"), WELCOME)
    assert [one["type"] for one in sent(found)] == ["welcome", "pong"]
    assert found[1] == effects.PressStart()


def test_early_frames_have_a_bound() -> None:
    conversation = Conversation()
    conversation.receive(HELLO)
    for _ in range(EARLY_MAX):
        assert conversation.receive(frame("start")) == []
    assert codes(conversation.receive(frame("start"))) == ["too_many_errors"]


def test_a_second_hello_is_refused_and_nothing_else_happens() -> None:
    conversation = opened()
    assert codes(conversation.receive(HELLO)) == ["already_greeted"]
    assert conversation.stage is Stage.OPEN


# Every message.


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        (frame("offer", pc="pub", generation=0, sdp="v=0"), effects.Publish(0, "v=0")),
        (frame("offer", pc="sub", generation=2, sdp="v=0"), effects.Subscribe(2, "v=0")),
        (frame("start"), effects.PressStart()),
        (frame("pause"), effects.Pause()),
        (frame("resume"), effects.Resume()),
        (frame("end"), effects.HangUp()),
        (frame("cap", sum="500,00"), effects.SetCap("500,00")),
        (frame("cap", sum=None), effects.SetCap(None)),
        (
            frame("media", screen="live", surface="window"),
            effects.ClaimMedia(messages.Media("live", "window")),
        ),
        (frame("chat", id="c1", text="Привет"), effects.Chat("c1", "Привет")),
        (to_json(PLACE), effects.PointAt(PLACE)),
        (to_json(MARK), effects.Draw(MARK)),
        (frame("mark_clear", id="m1"), effects.Wipe("m1")),
        (frame("mark_clear", id=None), effects.Wipe(None)),
        (frame("consent", action="ask", text="t"), effects.Consent(taping.Consent("ask", "t"))),
        (frame("consent", action="revoke"), effects.Consent(taping.Consent("revoke"))),
    ],
)
def test_a_message_becomes_one_effect(text: str, effect: effects.Effect) -> None:
    assert opened().receive(text) == [effect]


def test_ping_is_answered_and_acknowledges() -> None:
    outbox = Outbox("key-1")
    conversation = opened(outbox)
    conversation.send(state())
    (pong,) = sent(conversation.receive(frame("ping", t=77, ack=2)))
    assert (pong["type"], pong["t"], pong["seq"]) == ("pong", 77, 3)
    assert outbox.acked == 2
    assert outbox.since(1) is None, "what was acknowledged is not kept"
    conversation.receive(frame("ping", t=78, ack=1000))
    assert outbox.acked == 2, "nobody acknowledges what was not sent"


def test_candidates_follow_their_offer() -> None:
    conversation = opened()
    early = frame("ice", pc="pub", generation=1, candidate="candidate:1", mid="0")
    assert conversation.receive(early) == []
    conversation.receive(frame("offer", pc="pub", generation=1, sdp="v=0"))
    assert conversation.receive(early) == [effects.Candidate("pub", 1, "candidate:1", "0")]
    end = frame("ice", pc="pub", generation=1, candidate=None)
    assert conversation.receive(end) == [effects.Candidate("pub", 1, None, None)]
    for pc, generation in (("sub", 1), ("pub", 0), ("pub", 2)):
        stray = frame("ice", pc=pc, generation=generation, candidate="candidate:1")
        assert conversation.receive(stray) == []


def test_offers_by_generation() -> None:
    """Newer: taken. Older: refused. The same again: the same answer, no second connection."""
    conversation = opened()
    first = frame("offer", pc="pub", generation=1, sdp="one")
    conversation.receive(first)
    assert conversation.receive(first) == [], "still being answered"
    conversation.send(messages.Answer("pub", 1, "answer one", ()))
    assert [one["sdp"] for one in sent(conversation.receive(first))] == ["answer one"]
    again = frame("offer", pc="pub", generation=1, sdp="more tracks")
    assert conversation.receive(again) == [effects.Publish(1, "more tracks")]
    assert conversation.receive(frame("offer", pc="pub", generation=2, sdp="two")) == [
        effects.Publish(2, "two")
    ]
    assert codes(conversation.receive(first)) == ["stale_generation"]
    assert conversation.send(messages.Answer("pub", 1, "late", ())) == []


def test_chat_of_nothing() -> None:
    conversation = opened()
    (empty,) = sent(conversation.receive(frame("chat", id="c1", text=" \n")))
    assert (empty["code"], empty["reply_to"]) == ("empty_text", "c1")
    (nameless,) = sent(conversation.receive(frame("chat", id="", text="a")))
    assert (nameless["code"], nameless["reply_to"]) == ("empty_text", "chat")


def test_a_repeated_chat_asks_again_under_the_same_id() -> None:
    conversation = opened()
    line = frame("chat", id="c1", text="Привет")
    assert (
        conversation.receive(line) == conversation.receive(line) == [effects.Chat("c1", "Привет")]
    )


@pytest.mark.parametrize(("shape", "points"), [("arrow", 1), ("arrow", 3), ("box", 0), ("pen", 0)])
def test_a_mark_that_cannot_be_drawn(shape: str, points: int) -> None:
    wrong = frame("mark", id="m1", source="s", shape=shape, points=[[0, 0]] * points, color=0)
    (refused,) = sent(opened().receive(wrong))
    assert (refused["code"], refused["reply_to"]) == ("bad_mark", "m1")


def test_pointers_and_marks_are_never_replayed_the_welcome_has_the_marks() -> None:
    outbox = Outbox("key-1")
    first = opened(outbox)
    place: list[messages.ServerMessage] = [
        pointing.PointerSeen("host", "s", pointing.Place(1), pointing.Place(2), False),
        pointing.MarkSeen("host", "m1", "s", "pen", (), pointing.Color(0)),
        pointing.MarkCleared(None, None),
    ]
    assert [one["seq"] for message in place for one in sent(first.send(message))] == [2, 3, 4]
    assert outbox.since(1) == []


# What is refused.


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad_json"),
        ("[]", "not_an_object"),
        (frame("shout"), "unknown_type"),
        (frame("ping", t=1), "missing_field"),
        (frame("end", x="y" * 70_000), "too_large"),
        ("[" * 60_000, "too_deep"),
    ],
)
def test_bad_frames_are_answered_and_move_nothing(text: str, code: str) -> None:
    conversation = opened()
    (answer,) = sent(conversation.receive(text))
    assert (answer["type"], answer["code"], answer["action"]) == ("error", code, "none")
    assert answer["text"]
    assert conversation.receive(frame("start")) == [effects.PressStart()]


def test_too_many_bad_frames_close() -> None:
    conversation = opened()
    answers = [codes(conversation.receive("{")) for _ in range(ERRORS_MAX)]
    assert answers == [["bad_json"]] * (ERRORS_MAX - 1) + [["too_many_errors"]]
    assert conversation.stage is Stage.CLOSED


def test_a_rare_mistake_over_a_long_session_is_forgiven() -> None:
    conversation = opened()
    for n in range(5 * ERRORS_MAX):
        assert codes(conversation.receive("{")) == ["bad_json"]
        conversation.receive(frame("ping", t=n, ack=0))
    assert conversation.stage is Stage.OPEN


def test_a_flood_is_slowed_down_and_then_cut() -> None:
    conversation = Conversation()
    conversation.receive(HELLO, NOON)
    conversation.welcome(Outbox("key-1"), WELCOME)
    line = frame("media", mic="live")
    for _ in range(FRAMES_BURST - 1):
        assert codes(conversation.receive(line, NOON)) == []
    (slow,) = sent(conversation.receive(line, NOON))
    assert (slow["code"], slow["retry_after_s"]) == ("slow_down", 1)
    assert codes(conversation.receive(line, NOON + timedelta(seconds=1))) == []
    for _ in range(FRAMES_BURST):
        conversation.receive(line, NOON + timedelta(seconds=1))
    assert conversation.stage is Stage.CLOSED


def test_a_refusal_of_the_domain_is_an_error_and_the_talk_goes_on() -> None:
    conversation = opened()
    (answer,) = sent(conversation.error("insufficient_funds", "start", text="Не хватает 20,00 ₽"))
    assert (answer["code"], answer["reply_to"]) == ("insufficient_funds", "start")
    assert answer["text"] == "Не хватает 20,00 ₽"
    assert conversation.stage is Stage.OPEN


@given(st.lists(st.text(max_size=40), max_size=30))
def test_no_garbage_raises_or_has_an_effect(frames: list[str]) -> None:
    conversation = opened()
    for text in frames:
        for effect in conversation.receive(text):
            assert isinstance(effect, effects.Send | effects.Close)


# Goodbye.


def test_bye_is_said_once() -> None:
    conversation = opened()
    found = conversation.bye("ended", "/sessions/S-2026-000001/result")
    (farewell,) = sent(found)
    assert (farewell["code"], farewell["result_url"]) == ("ended", "/sessions/S-2026-000001/result")
    assert found[-1] == effects.Close("ended")
    assert conversation.bye("ended") == conversation.send(state()) == []
    assert conversation.receive(frame("start")) == []


# Resuming.


def resumed(outbox: Outbox, key: str, seq: int, fresh: str) -> list[effects.Effect]:
    conversation = Conversation()
    hello = frame(
        "hello", v=[1], resume={"participant": "client", "key": key, "seq": seq}, ticket="spare"
    )
    (ask,) = conversation.receive(hello)
    assert ask == effects.Readmit(messages.ResumeAsk("client", key, seq), "spare", "")
    outbox.rotate(key, fresh)
    return conversation.welcome(outbox, WELCOME, outbox.since(seq))


def test_a_new_socket_gets_what_was_missed_and_then_the_picture() -> None:
    outbox = Outbox("key-1")
    first = opened(outbox)
    first.send(state())
    first.send(state(("host",)))
    first.send(messages.Pong(1))
    first.send(state(("host", "client")))
    missed = sent(resumed(outbox, "key-1", 2, "key-2"))
    assert [(one["type"], one["seq"]) for one in missed] == [
        ("state", 3),
        ("state", 5),
        ("welcome", 6),
    ]
    assert missed[-1]["resumed"] is True


def test_numbers_only_grow_over_sockets() -> None:
    outbox = Outbox("key-1")
    seqs = [one["seq"] for one in sent(opened(outbox).send(state()))]
    seqs += [one["seq"] for one in sent(resumed(outbox, "key-1", 2, "key-2"))]
    assert seqs == [2, 3]


def test_media_outlives_a_socket() -> None:
    """The candidate of an offer made on the old socket arrives on the new one."""
    outbox = Outbox("key-1")
    opened(outbox).receive(frame("offer", pc="pub", generation=3, sdp="v=0"))
    second = opened(outbox)
    trickled = frame("ice", pc="pub", generation=3, candidate="candidate:1", mid="0")
    assert second.receive(trickled) == [effects.Candidate("pub", 3, "candidate:1", "0")]
    older = frame("offer", pc="pub", generation=2, sdp="v=0")
    assert codes(second.receive(older)) == ["stale_generation"]


def test_too_long_away_means_a_fresh_picture() -> None:
    outbox = Outbox("key-1")
    first = opened(outbox)
    for _ in range(REPLAY_MESSAGES_MAX + 1):
        first.send(state())
    assert outbox.since(1) is None
    assert len(outbox.since(2) or []) == REPLAY_MESSAGES_MAX
    (welcome,) = sent(resumed(outbox, "key-1", 1, "key-2"))
    assert (welcome["type"], welcome["resumed"]) == ("welcome", False)


def test_a_client_ahead_of_us_gets_a_fresh_picture() -> None:
    outbox = Outbox("key-1", seq=3)
    assert outbox.since(4) is None
    assert outbox.since(3) == []


def test_the_key_rotates_and_the_last_one_works_until_the_new_one_arrived() -> None:
    outbox = Outbox("key-1")
    opened(outbox)
    outbox.rotate("key-1", "key-2")
    outbox.number(WELCOME)
    outbox.rotate("key-1", "key-3")
    outbox.number(WELCOME)
    with pytest.raises(ResumeRefused):
        outbox.rotate("key-2", "key-4")
    outbox.ack(outbox.seq)
    with pytest.raises(ResumeRefused):
        outbox.rotate("key-1", "key-4")
    outbox.rotate("key-3", "key-4")
    for wrong in ("", "ключ", "key-1"):
        with pytest.raises(ResumeRefused):
            outbox.rotate(wrong, "key-5")


@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 600))
def test_a_replay_is_exactly_what_was_missed(count: int, acked: int, seq: int) -> None:
    outbox = Outbox("key-1")
    texts = {n: outbox.number(state()) for n in range(1, count + 1)}
    outbox.ack(acked)
    missed = outbox.since(seq)
    known_from = max(outbox.acked, count - REPLAY_MESSAGES_MAX)
    if known_from <= seq <= count:
        assert missed == [texts[n] for n in range(seq + 1, count + 1)]
    else:
        assert missed is None
