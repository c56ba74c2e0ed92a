"""The table of states, by itself and against its page."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.sessions import Session, State, errors
from broker.sessions.session import (
    OVER,
    TRANSITIONS,
    Trigger,
    after,
    clean_comment,
    clean_topic,
    may,
    place_is_free,
    with_online,
    with_pressed,
)
from broker.sessions.states import page
from metering import client_pays_tariff, host_pays_tariff
from tests.broker.builders import NOON
from tests.broker.builders import after as later

BARE = Session("S-2026-000001", "Тема", "host-pays", host_pays_tariff(), 2000, "ivan", NOON)
JOINED = replace(BARE, client="anna", client_name="Анна", client_guest=True, client_seen_at=NOON)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("trigger", Trigger)
def test_table_is_the_whole_truth(state: State, trigger: Trigger) -> None:
    session = replace(BARE, state=state)
    if (state, trigger) in TRANSITIONS:
        assert after(session, trigger).state is TRANSITIONS[state, trigger]
    else:
        with pytest.raises(errors.WrongState) as refused:
            after(session, trigger)
        assert (refused.value.number, refused.value.state) == (session.number, state.value)
        assert refused.value.wanted == trigger.name.lower()


def test_every_state_is_reached_and_only_the_last_ones_are_dead_ends() -> None:
    assert set(TRANSITIONS.values()) | {State.CREATED} == set(State)
    assert {s for s in State if not any(b is s for b, _ in TRANSITIONS)} == {
        State.SETTLED,
        State.CANCELLED,
    }


@given(st.lists(st.sampled_from(list(Trigger)), max_size=40))
def test_money_states_come_in_order_whatever_happens(triggers: list[Trigger]) -> None:
    """Live only after start, settled only after ended, and over is over."""
    session, path = BARE, [State.CREATED]
    for trigger in triggers:
        if may(session.state, trigger):
            session = after(session, trigger)
            path.append(session.state)
    if State.SETTLED in path:
        assert path[-2:] == [State.ENDED, State.SETTLED]
    if State.LIVE in path:
        assert path[path.index(State.LIVE) - 1] is State.TOGETHER
    assert not any(state in OVER for state in path[:-2])


def test_sides_come_and_go_before_the_start() -> None:
    session = with_online(JOINED, "client", True, NOON)
    assert session.state is State.WAITING
    session = with_online(session, "host", True, NOON)
    assert session.state is State.TOGETHER
    session = with_pressed(session, "client")
    session = with_online(session, "client", False, NOON)
    assert session.state is State.WAITING
    assert session.pressed == ("client",), "the agreement outlives a dropped socket"


def test_a_live_session_stays_live_when_a_socket_drops() -> None:
    session = replace(JOINED, state=State.LIVE, host_online=True, client_online=True)
    assert with_online(session, "client", False, NOON).state is State.LIVE


def test_nobody_presses_start_alone() -> None:
    with pytest.raises(errors.WrongState):
        with_pressed(replace(JOINED, state=State.WAITING), "host")


def test_a_client_that_never_joined_cannot_enter() -> None:
    with pytest.raises(errors.NotYours):
        with_online(BARE, "client", True, NOON)


def test_roles() -> None:
    assert (JOINED.role_of("ivan"), JOINED.role_of("anna")) == ("host", "client")
    with pytest.raises(errors.NotYours) as refused:
        JOINED.role_of("boris")
    assert refused.value.who == "boris"
    with pytest.raises(errors.NotYours):
        BARE.role_of("")


def test_payer_comes_from_the_frozen_tariff() -> None:
    assert (JOINED.payer, JOINED.payer_party) == ("host", "ivan")
    paid_by_client = replace(JOINED, tariff=client_pays_tariff(2000))
    assert (paid_by_client.payer, paid_by_client.payer_party) == ("client", "anna")


def test_place_of_a_client() -> None:
    assert place_is_free(BARE, NOON)
    assert not place_is_free(JOINED, later(59))
    assert place_is_free(JOINED, later(60)), "a guest gone for a minute may be on a new device"
    assert not place_is_free(replace(JOINED, client_online=True), later(3600))
    assert not place_is_free(replace(JOINED, client_guest=False), later(3600))


@pytest.mark.parametrize("topic", ["", "   ", "x" * 201, "a\x00b", "\u202e"])
def test_bad_topics(topic: str) -> None:
    with pytest.raises(errors.BadSession) as refused:
        clean_topic(topic)
    assert refused.value.field == "topic"


def test_comments_keep_their_lines_and_lose_nothing_else() -> None:
    assert clean_comment(" a\r\nb ") == "a\nb"
    for bad in ("a\x00", "\ud800", "x" * 2001):
        with pytest.raises(errors.BadSession):
            clean_comment(bad)


def test_page_of_states_is_current() -> None:
    """`python -m broker.sessions.states > docs/states.md` when this fails."""
    assert Path("docs/states.md").read_text() == page()
