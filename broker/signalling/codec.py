"""Frames to messages and back; whatever arrives, the only exception is ProtocolError."""

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import (
    Any,
    Literal,
    NoReturn,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from broker.signalling import messages, pointing
from broker.signalling.errors import ProtocolError
from broker.signalling.messages import ClientMessage, ServerMessage

DEPTH_MAX = 8
ITEMS_MAX = 2000
NUMBER_MAX = 2**53 - 1
TEXT_OF_CHAT = (messages.Chat, messages.ChatLine)
_T = TypeVar("_T")


def parse(text: str) -> ClientMessage:
    """A client's frame as a message. Raises: ProtocolError with a code of codes.py."""
    kind, body = _open(text)
    if kind not in messages.CLIENT:
        raise ProtocolError("unknown_type", "type")
    return _build(messages.CLIENT[kind], body, "")


def parse_server(text: str) -> tuple[int, ServerMessage]:
    """A server's frame as (seq, message), for clients written in Python."""
    kind, body = _open(text, bytes_max=16 * messages.MESSAGE_BYTES_MAX)
    if kind not in messages.SERVER:
        raise ProtocolError("unknown_type", "type")
    seq = cast(int, _read(int, body.get("seq"), "seq", int))
    return seq, _build(messages.SERVER[kind], body, "")


def to_json(message: ClientMessage | ServerMessage, seq: int | None = None) -> str:
    """The frame of a message; `seq` is given for server messages."""
    frame: dict[str, Any] = {"type": type_of(message)}
    if seq is not None:
        frame["seq"] = seq
    frame.update(_plain(message))
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def type_of(message: ClientMessage | ServerMessage) -> str:
    """The name a message has on the wire.

    >>> type_of(messages.Pong(t=1))
    'pong'
    """
    return _names()[type(message)]


@cache
def _names() -> dict[type, str]:
    tables: tuple[Mapping[str, type], ...] = (messages.CLIENT, messages.SERVER)
    return {shape: name for table in tables for name, shape in table.items()}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name.rstrip("_"): _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _open(text: str, bytes_max: int = messages.MESSAGE_BYTES_MAX) -> tuple[str, dict[str, Any]]:
    if len(text) > bytes_max or len(text.encode("utf-8", "replace")) > bytes_max:
        raise ProtocolError("too_large", "", f"more than {bytes_max} bytes")
    try:
        frame = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except ProtocolError:
        raise
    except RecursionError as error:
        raise ProtocolError("too_deep") from error
    except ValueError as error:
        raise ProtocolError("bad_json", "", "not JSON") from error
    if not isinstance(frame, dict):
        raise ProtocolError("not_an_object")
    _check_depth(frame)
    kind = frame.get("type")
    if not isinstance(kind, str):
        raise ProtocolError("missing_field" if kind is None else "wrong_type", "type")
    return kind, frame


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ProtocolError("duplicate_field", "", "a name occurs twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ProtocolError("bad_json", "", f"{name} is not JSON")


def _check_depth(frame: object) -> None:
    level = [frame]
    for _ in range(DEPTH_MAX):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return
    if any(isinstance(item, dict | list) for item in level):
        raise ProtocolError("too_deep", "", f"more than {DEPTH_MAX} levels")


@cache
def _shape(cls: type) -> tuple[tuple[str, str, Any, bool], ...]:
    """(attribute, name on the wire, annotation, required) for every field."""
    hints = get_type_hints(cls)
    return tuple(
        (f.name, f.name.rstrip("_"), hints[f.name], f.default is MISSING)
        for f in fields(cast(Any, cls))
    )


def _build(cls: type[_T], body: dict[str, Any], path: str) -> _T:
    values = {}
    for attribute, name, annotation, required in _shape(cast(Any, cls)):
        where = f"{path}{name}"
        if name in body:
            values[attribute] = _read(annotation, body[name], where, cls)
        elif required:
            raise ProtocolError("missing_field", where)
    return cls(**values)


def _read(annotation: Any, value: Any, path: str, owner: type) -> Any:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        inner = [one for one in get_args(annotation) if one is not type(None)]
        return None if value is None else _read(inner[0], value, path, owner)
    if origin is Literal:
        if not isinstance(value, str) or value not in get_args(annotation):
            raise ProtocolError("wrong_value", path, "one of " + ", ".join(get_args(annotation)))
        return value
    if origin is tuple:
        return _read_list(get_args(annotation), value, path, owner)
    if is_dataclass(annotation):
        if not isinstance(value, dict):
            raise ProtocolError("wrong_type", path, "an object is wanted")
        return _build(cast(type, annotation), value, f"{path}.")
    if annotation in pointing.NUMBERS:
        return _read_within(pointing.NUMBERS[annotation], value, path, owner)
    return _read_plain(annotation, value, path, owner)


def _read_list(items: tuple[Any, ...], value: Any, path: str, owner: type) -> tuple[Any, ...]:
    """A list of any length (`items` ends in an ellipsis), or of exactly these items."""
    if not isinstance(value, list):
        raise ProtocolError("wrong_type", path, "a list is wanted")
    longest = pointing.LISTS.get(path, ITEMS_MAX)
    if len(value) > longest:
        raise ProtocolError("too_long", path, f"more than {longest} items")
    kinds = [items[0]] * len(value) if items[-1] is ... else list(items)
    if len(kinds) != len(value):
        raise ProtocolError("wrong_value", path, f"{len(kinds)} items are wanted")
    return tuple(_read(kinds[n], one, f"{path}[{n}]", owner) for n, one in enumerate(value))


def _read_within(most: int, value: Any, path: str, owner: type) -> int:
    found = cast(int, _read_plain(int, value, path, owner))
    if found > most:
        raise ProtocolError("out_of_range", path, f"more than {most}")
    return found


def _read_plain(wanted: type, value: Any, path: str, owner: type) -> Any:
    if type(value) is not wanted:
        raise ProtocolError("wrong_type", path, f"{wanted.__name__} is wanted")
    if isinstance(value, str):
        _check_text(value, path, owner)
    elif isinstance(value, int) and not 0 <= value <= NUMBER_MAX:
        raise ProtocolError("out_of_range", path)
    return value


def _check_text(value: str, path: str, owner: type) -> None:
    name = path.rsplit(".", 1)[-1].split("[", 1)[0]
    longest = messages.LONG_TEXTS.get(name, messages.TEXT_CHARS_MAX)
    if name == "text" and owner in TEXT_OF_CHAT:
        longest = messages.CHAT_CHARS_MAX
    if len(value) > longest:
        raise ProtocolError("too_long", path, f"more than {longest} characters")
    if any((c < " " and c not in "\t\r\n") or "\ud800" <= c <= "\udfff" for c in value):
        raise ProtocolError("bad_text", path, "control characters or half a surrogate pair")
