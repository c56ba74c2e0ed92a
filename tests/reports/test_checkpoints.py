"""Signed notes against the example of their specification, and every way to bend one."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from reports.checkpoints import Checkpoint, LogPublicKey, NoteFault, opened, read, signature_by
from reports.log_key import LogKey, origin_of
from reports.merkle import EMPTY

#: The example of the specification, which other implementations check themselves by.
FOREIGN_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOREIGN_NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6T"
    "fXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
SEAL = ec.derive_private_key(20261122, ec.SECP256R1())
KEY = LogKey.of_seal(SEAL, "minuta.example/log")
NOTE = KEY.note(7, EMPTY)


def test_a_foreign_note_is_read_as_others_read_it() -> None:
    key = LogPublicKey.parse(FOREIGN_KEY)
    assert key.text == FOREIGN_KEY
    assert key.signs(signature_by(FOREIGN_NOTE, key), "This is an example message.\n")
    assert not key.signs(signature_by(FOREIGN_NOTE, key), "This is another message.\n")
    with pytest.raises(NoteFault, match="not a checkpoint"):
        opened(FOREIGN_NOTE, key)


def test_what_is_signed_is_read_again() -> None:
    assert opened(NOTE, KEY.public) == Checkpoint("minuta.example/log", 7, EMPTY)
    lines = NOTE.split("\n")
    assert lines[:4] == [
        "minuta.example/log", "7", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "",
    ]  # fmt: skip
    assert lines[4].startswith("\u2014 minuta.example/log ")
    assert KEY.note(7, EMPTY) == NOTE
    assert LogPublicKey.parse(KEY.public.text) == KEY.public


def test_a_cosignature_of_a_witness_is_let_through() -> None:
    with_witness = NOTE + "\u2014 witness.example AAAAAAAA\n"
    assert opened(with_witness, KEY.public).size == 7


def test_every_changed_character_is_seen() -> None:
    for place, one in enumerate(NOTE):
        bent = NOTE[:place] + ("x" if one != "x" else "y") + NOTE[place + 1 :]
        with pytest.raises(NoteFault):
            opened(bent, KEY.public)


@pytest.mark.parametrize(
    ("bent", "what"),
    [
        (NOTE.replace("\n7\n", "\n8\n"), "signature"),
        (NOTE.replace("\n7\n", "\n07\n"), "form"),
        (NOTE.replace("\n7\n", "\n-7\n"), "form"),
        (NOTE.replace("\n\n", "\n"), "form"),
        (NOTE.rstrip("\n"), "form"),
        (NOTE.replace("\u2014", "-"), "form"),
        (NOTE.replace("minuta.example", "example.org"), "key"),
        (LogKey.of_seal(SEAL, "another/log").note(7, EMPTY), "key"),
        ("", "form"),
    ],
)
def test_each_fault_is_named(bent: str, what: str) -> None:
    with pytest.raises(NoteFault) as caught:
        opened(bent, KEY.public)
    assert caught.value.what == what


@pytest.mark.parametrize(
    "text",
    ["", "a+b", FOREIGN_KEY[:-4], FOREIGN_KEY.replace("530d", "530e"), "é" + FOREIGN_KEY, "a+b+!"],
)
def test_what_is_not_a_key_is_refused(text: str) -> None:
    with pytest.raises(NoteFault):
        LogPublicKey.parse(text)


def test_the_name_is_where_the_log_is_public() -> None:
    assert origin_of("http://localhost:8080/verify") == "localhost:8080/log"
    assert origin_of("https://a.example/minuta/verify") == "a.example/minuta/log"
    assert read(NOTE).origin == "minuta.example/log"
