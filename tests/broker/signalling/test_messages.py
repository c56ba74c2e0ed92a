"""Frames to messages and back: every message survives, and garbage is only ever a ProtocolError."""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.signalling import (
    BYES,
    CODES,
    ERRORS,
    ProtocolError,
    company,
    countering,
    giving,
    messages,
    messages_path,
    parse,
    parse_server,
    pointing,
    taping,
    to_json,
    type_of,
    words,
)
from tests.broker.signalling.builders import frame

DOC = Path("docs/signalling.md")
ARROW = {"id": "m1", "source": "s", "shape": "arrow", "points": [[0, 0], [1, 1]], "color": 0}
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)
st.register_type_strategy(str, TEXT)
st.register_type_strategy(int, st.integers(0, 2**53 - 1))
st.register_type_strategy(pointing.Place, st.integers(0, pointing.PLACE_MAX))
st.register_type_strategy(pointing.Color, st.integers(0, pointing.COLOR_MAX))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(st.one_of([st.from_type(shape) for shape in messages.CLIENT.values()]))
def test_every_client_message_survives_the_wire(message: messages.ClientMessage) -> None:
    assert parse(to_json(message)) == message


@settings(max_examples=60)
@given(st.one_of([st.from_type(shape) for shape in messages.SERVER.values()]), st.integers(0, 9))
def test_every_server_message_survives_the_wire(message: messages.ServerMessage, seq: int) -> None:
    assert parse_server(to_json(message, seq)) == (seq, message)


def refused(text: str) -> ProtocolError:
    with pytest.raises(ProtocolError) as error:
        parse(text)
    assert error.value.code in CODES
    return error.value


def fault(text: str) -> str | None:
    """The code of what is wrong with a frame; any other exception goes through."""
    try:
        parse(text)
    except ProtocolError as error:
        return error.code
    return None


@given(st.text(max_size=200))
def test_garbage_is_only_ever_a_protocol_error(text: str) -> None:
    assert fault(text) in {None, *ERRORS}


@given(st.sampled_from(sorted(messages.CLIENT)), st.dictionaries(st.text(max_size=6), JSON))
def test_a_known_type_with_wild_fields(kind: str, wild: dict[str, Any]) -> None:
    names = [field.name for field in fields(messages.CLIENT[kind])]
    body = {**dict(zip(names, wild.values(), strict=False)), **wild, "type": kind}
    assert fault(json.dumps(body)) in {None, *ERRORS}


@given(st.binary(max_size=200))
def test_bytes_that_are_no_text(data: bytes) -> None:
    assert fault(data.decode("utf-8", "surrogateescape")) in {None, *ERRORS}


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("", "bad_json", ""),
        ("{", "bad_json", ""),
        ('{"type":"ping","t":NaN,"ack":0}', "bad_json", ""),
        ('{"type":"ping","t":' + "9" * 5000 + ',"ack":0}', "bad_json", ""),
        ("[]", "not_an_object", ""),
        ('"ping"', "not_an_object", ""),
        ("{}", "missing_field", "type"),
        ('{"type":1}', "wrong_type", "type"),
        ('{"type":"shout"}', "unknown_type", "type"),
        ('{"type":"welcome"}', "unknown_type", "type"),
        ('{"type":"ping","type":"end"}', "duplicate_field", ""),
        ('{"type":"ping","t":1}', "missing_field", "ack"),
        ('{"type":"ping","t":1,"ack":"0"}', "wrong_type", "ack"),
        ('{"type":"ping","t":1,"ack":true}', "wrong_type", "ack"),
        ('{"type":"ping","t":1.5,"ack":0}', "wrong_type", "t"),
        ('{"type":"ping","t":-1,"ack":0}', "out_of_range", "t"),
        ('{"type":"ping","t":9007199254740992,"ack":0}', "out_of_range", "t"),
        (frame("hello", v=1), "wrong_type", "v"),
        (frame("hello", v=["1"]), "wrong_type", "v[0]"),
        (frame("hello", v=[1], resume=[]), "wrong_type", "resume"),
        (frame("hello", v=[1], resume={"participant": "cat"}), "wrong_value", "resume.participant"),
        (frame("hello", v=[1], resume={"participant": "host"}), "missing_field", "resume.key"),
        (frame("hello", v=[1] * 2001), "too_long", "v"),
        (frame("offer", pc="pub", generation=1, sdp="x" * 60_001), "too_long", "sdp"),
        (frame("ice", pc="pub", generation=1, candidate="x" * 1025), "too_long", "candidate"),
        (frame("media", screen="on"), "wrong_value", "screen"),
        (frame("chat", id="x" * 257, text="a"), "too_long", "id"),
        (frame("chat", id="1", text="x" * 2001), "too_long", "text"),
        (frame("chat", id="1", text="a\x00"), "bad_text", "text"),
        ('{"type":"chat","id":"1","text":"\\ud800"}', "bad_text", "text"),
        (frame("pointer", source="s", x=10_001, y=0), "out_of_range", "x"),
        (frame("pointer", source="s", x=0, y=-1), "out_of_range", "y"),
        (frame("pointer", source="s", x=0.5, y=0), "wrong_type", "x"),
        (frame("pointer", source="s", x=0, y=0, hidden=1), "wrong_type", "hidden"),
        (frame("pointer", source="s" * 257), "too_long", "source"),
        (frame("mark", **ARROW | {"shape": "heart"}), "wrong_value", "shape"),
        (frame("mark", **ARROW | {"color": 6}), "out_of_range", "color"),
        (frame("mark", **ARROW | {"points": [[0, 0]] * 201}), "too_long", "points"),
        (frame("mark", **ARROW | {"points": [[0]]}), "wrong_value", "points[0]"),
        (frame("mark", **ARROW | {"points": [[0, 1, 2]]}), "wrong_value", "points[0]"),
        (frame("mark", **ARROW | {"points": [[0, 99_999]]}), "out_of_range", "points[0][1]"),
        (frame("mark", **ARROW | {"points": [0, 0]}), "wrong_type", "points[0]"),
        (frame("mark_clear"), "missing_field", "id"),
        (frame("end", x="y" * 70_000), "too_large", ""),
        (frame("end", x="я" * 40_000).encode().decode("unicode_escape"), "too_large", ""),
        ("[" * 60_000, "too_deep", ""),
        ('{"type":"end","x":' + "[" * 9 + "]" * 9 + "}", "too_deep", ""),
    ],
)  # fmt: skip
def test_each_fault_has_its_code_and_field(text: str, code: str, field: str) -> None:
    error = refused(text)
    assert (error.code, error.field) == (code, field)


def test_unknown_fields_are_left_alone_so_that_both_ends_can_grow() -> None:
    assert parse(frame("start", mood="good")) == messages.Start()
    assert parse(frame("media", screen=None, mic="muted")) == messages.Media(mic="muted")


def test_a_python_keyword_is_not_on_the_wire() -> None:
    line = messages.ChatLine("1", "host", "Привет", "2026-11-21T12:00:00Z")
    assert json.loads(to_json(line, 7)) == {
        "type": "chat", "seq": 7, "id": "1", "from": "host", "text": "Привет",
        "at": "2026-11-21T12:00:00Z",
    }  # fmt: skip
    assert type_of(line) == "chat"


def shapes() -> set[type]:
    found: set[type] = set()
    todo = [*messages.CLIENT.values(), *messages.SERVER.values()]
    todo += [
        one
        for module in (messages, pointing, giving, taping, company, messages_path, countering)
        for one in vars(module).values()
        if isinstance(one, type) and is_dataclass(one)
    ]
    return found.union(todo)  # type: ignore[arg-type]


def section(kind: str, side: str) -> str:
    """The part of the document under `### kind` of one direction."""
    half = DOC.read_text().split(f"## {side}")[1].split("\n## ")[0]
    parts = half.split(f"\n### `{kind}`")
    assert len(parts) == 2, f"{kind} has no heading of its own"
    return parts[1].split("\n### ")[0]


@pytest.mark.parametrize(
    ("side", "kind"),
    [("Client to server", k) for k in messages.CLIENT]
    + [("Server to client", k) for k in messages.SERVER],
)
def test_the_document_names_every_message_and_field(side: str, kind: str) -> None:
    table = messages.CLIENT if side.startswith("Client") else messages.SERVER
    text = section(kind, side)
    for field in fields(table[kind]):
        assert f"`{field.name.rstrip('_')}`" in text, f"{kind}.{field.name}"


def test_the_document_names_every_part_and_its_fields() -> None:
    parts = DOC.read_text().split("## Parts")[1].split("\n## ")[0]
    top = {*messages.CLIENT.values(), *messages.SERVER.values()}
    for shape in shapes() - top | {messages.ChatLine}:
        (line,) = [one for one in parts.splitlines() if one.startswith(f"| {shape.__name__} |")]
        for field in fields(shape):  # type: ignore[arg-type]
            assert f"`{field.name.rstrip('_')}`" in line, f"{shape.__name__}.{field.name}"


def test_the_document_names_no_message_that_is_not_there() -> None:
    text = DOC.read_text()
    headings = [line[5:-1] for line in text.splitlines() if line.startswith("### `")]
    assert sorted(headings) == sorted([*messages.CLIENT, *messages.SERVER])


def test_the_document_lists_every_code_with_its_action() -> None:
    text = DOC.read_text()
    for code, known in CODES.items():
        assert f"| `{code}` | {known.action} |" in text, code


def test_codes_speak_both_languages() -> None:
    assert not set(ERRORS) & set(BYES)
    for code in CODES:
        assert words(code, "ru") != words(code, "en")
    assert words("no_such_code", "en") == words("internal", "en")
