"""The two messages against aioice, which reads and writes them by other code."""

import pytest
from aioice.stun import Class, Message, Method, parse_message
from hypothesis import given
from hypothesis import strategies as st

from relay.embedded import consent

TRANSACTION, KEY = bytes(range(12)), b"a password of theirs"
ROLES = {"ICE-CONTROLLED": consent.CONTROLLED, "ICE-CONTROLLING": consent.CONTROLLING}


def theirs(kind: Class, **attributes: object) -> bytes:
    told = {name.replace("_", "-"): value for name, value in attributes.items()}
    message = Message(Method.BINDING, kind, TRANSACTION, told)
    message.add_message_integrity(KEY)
    return bytes(message)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ["ab:cd", "abc:defgh", "four:1234567890"])
def test_a_question_is_aioices_to_the_byte(role: str, name: str) -> None:
    own = consent.request(TRANSACTION, name.encode(), 77, ROLES[role], 1 << 63, KEY)
    made = {"USERNAME": name, "PRIORITY": 77, role.replace("-", "_"): 1 << 63}
    assert own == theirs(Class.REQUEST, **made)
    heard = consent.read(own, KEY)
    assert heard is not None
    assert (heard.kind, heard.transaction) == (consent.REQUEST, TRANSACTION)
    assert heard.attributes[consent.USERNAME] == name.encode()


@pytest.mark.parametrize("sender", [("10.1.2.3", 4567), ("2001:db8::1:2", 65535)])
def test_an_answer_is_aioices_to_the_byte(sender: tuple[str, int]) -> None:
    own = consent.response(TRANSACTION, sender, KEY)
    assert own == theirs(Class.RESPONSE, XOR_MAPPED_ADDRESS=sender)
    assert consent.read(own, KEY) is not None


def test_a_wrong_password_is_not_heard() -> None:
    assert consent.read(theirs(Class.REQUEST, USERNAME="a:b"), b"another") is None


def test_without_a_fingerprint_it_is_heard_as_aioice_hears_it() -> None:
    message = Message(Method.BINDING, Class.REQUEST, TRANSACTION, {"USERNAME": "a:b"})
    message.add_message_integrity(KEY)
    del message.attributes["FINGERPRINT"]
    assert consent.read(bytes(message), KEY) is not None


def test_what_follows_the_integrity_is_not_taken_for_signed() -> None:
    whole = theirs(Class.REQUEST, USERNAME="a:b")
    longer = whole[:2] + (len(whole) - 12).to_bytes(2) + whole[4:] + whole[20:28]
    assert consent.read(longer, KEY) is None


@given(st.integers(0, 70), st.integers(1, 255))
def test_a_changed_byte_is_noticed(at: int, by: int) -> None:
    whole = bytearray(theirs(Class.REQUEST, USERNAME="abc:def", PRIORITY=1))
    whole[at % len(whole)] ^= by
    assert consent.read(bytes(whole), KEY) is None


@given(st.binary(max_size=200), st.integers(0, 200))
def test_rubbish_is_not_heard_and_nothing_is_raised(tail: bytes, cut: int) -> None:
    whole = theirs(Class.REQUEST, USERNAME="abc:def", PRIORITY=1)
    head = whole[:2] + len(tail).to_bytes(2) + whole[4:20]
    for datagram in (tail, head + tail, whole[:cut] if cut < len(whole) else b""):
        assert consent.read(datagram, KEY) is None


def test_aioice_reads_ours() -> None:
    own = consent.request(TRANSACTION, b"ab:cd", 77, consent.CONTROLLED, 5, KEY)
    assert parse_message(own).check_message_integrity(KEY)
