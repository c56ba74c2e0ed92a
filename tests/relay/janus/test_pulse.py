"""Who is silent is asked; who answers is there, who does not is lost."""

from relay.janus.pulse import ASK_S, LOST_S, Pulse


def sending(at: float) -> Pulse:
    pulse = Pulse()
    pulse.connected(at - 1, "pub")
    pulse.media(at, voice=True)
    return pulse


def test_who_sends_is_asked_nothing() -> None:
    pulse = sending(10.0)
    assert pulse.asks(10.0 + ASK_S["sending"]) is None
    assert not pulse.lost(10.0 + LOST_S["sending"])


def test_who_is_gone_is_asked_once_and_lost() -> None:
    pulse = sending(10.0)
    assert [pulse.asks(10.0 + n / 4) for n in range(8, 12)] == [None, "pub", None, None]
    assert not pulse.lost(13.5)
    assert pulse.lost(13.7)


def test_who_answers_and_sends_nothing_is_there() -> None:
    pulse = sending(10.0)
    at = 12.25
    for _ in range(5):
        assert pulse.asks(at) == "pub"
        pulse.connected(at + 0.3, "pub")
        assert pulse.asks(at + 0.3 + ASK_S["quiet"]) is None
        at += 0.3 + ASK_S["quiet"] + 0.1
        assert not pulse.lost(at)
    pulse.asks(at)
    assert pulse.lost(at + LOST_S["quiet"])


def test_a_voice_that_stands_still_beside_a_picture_is_asked_for_once() -> None:
    pulse = sending(10.0)
    asked = []
    for second in range(11, 20):
        pulse.media(second, voice=False)
        asked.append(pulse.asks(second))
    assert [one for one in asked if one] == ["pub"]
    pulse.media(20.0, voice=True)
    pulse.media(23.0, voice=False)
    assert pulse.asks(23.0) == "pub"


def test_who_only_looks_has_time() -> None:
    pulse = Pulse()
    pulse.connected(10.0, "sub")
    assert pulse.asks(29.0) is None
    pulse.reported(29.0)
    assert not pulse.lost(58.0)
    assert pulse.asks(50.0) == "sub"
    assert pulse.lost(60.0)


def test_who_just_connected_is_no_more_patient_than_who_sends() -> None:
    pulse = Pulse()
    pulse.connected(10.0, "sub")
    pulse.connected(10.1, "pub")
    assert pulse.asks(12.4) == "pub"
    assert pulse.lost(13.8)
