"""What crosses between the web process and a relay process: length-prefixed JSON. Pure.

A frame is four bytes of length, most significant first, and a JSON object:

    {"hello": 1, "settings": {…}, "now": …, "monotonic": …}  web -> worker, first: version,
                                                    settings, and what clock to go by
    {"call": n, "verb": "publish", "args": […]}     web -> worker
    {"reply": n, "value": …}                        worker -> web
    {"reply": n, "error": "RoomFull", "facts": {…}} worker -> web: an error of relay.errors
    {"event": "LegLost", "value": {…}}              worker -> web: one of relay.events
    {"beat": {…}, "stats": […]}                     worker -> web, each second
    {"log": [level, text]}                          worker -> web

A value is written by its type and read by the type that is expected: dataclasses as objects,
tuples as lists, times as RFC 3339 text. So an event that gains a field needs no line here.
"""

import json
import struct
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from relay import errors, events

VERSION = 1
LENGTH = struct.Struct(">I")
FRAME_BYTES_MAX = 16 << 20
_PLAIN = (str, int, float, bool, type(None))
EVENTS: dict[str, type] = {kind.__name__: kind for kind in get_args(events.RelayEvent)}
ERRORS: dict[str, type[errors.RelayError]] = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.RelayError)
}


class BadFrame(Exception):
    """What came is not what this version writes."""


def frame(message: dict[str, Any]) -> bytes:
    """The bytes of one message."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return LENGTH.pack(len(text)) + text


def length_of(head: bytes) -> int:
    """How many bytes of JSON follow. Raises: BadFrame."""
    found: int = LENGTH.unpack(head)[0]
    if found > FRAME_BYTES_MAX:
        raise BadFrame(f"a frame of {found} bytes")
    return found


def message_of(body: bytes) -> dict[str, Any]:
    """The message of a frame. Raises: BadFrame."""
    try:
        found = json.loads(body)
    except ValueError as error:
        raise BadFrame(str(error)) from error
    if not isinstance(found, dict):
        raise BadFrame("not an object")
    return found


def plain(value: Any) -> Any:
    """A value as JSON has it. Raises: TypeError for what no event has."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.isoformat()
        case Path():
            return str(value)
        case bytes():
            return value.hex()
        case tuple() | list() | frozenset():
            return [plain(one) for one in value]
        case Mapping():
            return {name: plain(one) for name, one in value.items()}
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    raise TypeError(f"{type(value).__name__} does not cross")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def typed(kind: Any, value: Any) -> Any:
    """The value of the kind that `plain` wrote so. Raises: BadFrame."""
    try:
        return _typed(kind, value)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise BadFrame(f"{kind}: {error}") from error


def _typed(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if kind is Any or origin is Literal:
        return value
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), value)
    if origin is tuple:
        return _tuple(get_args(kind), value)
    if origin is frozenset:
        return frozenset(_typed(get_args(kind)[0], one) for one in value)
    if origin in (dict, Mapping):
        return {name: _typed(get_args(kind)[1], one) for name, one in value.items()}
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: _typed(hints[name], one) for name, one in value.items()})
    return _scalar(kind, value)


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    """Of a union at most one part is not plain; that is enough for `X | None`."""
    if value is None and type(None) in kinds:
        return None
    rest = [one for one in kinds if one is not type(None)]
    return _typed(rest[0], value) if len(rest) == 1 else value


def _tuple(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_typed(kinds[0], one) for one in value)
    return tuple(_typed(one, part) for one, part in zip(kinds, value, strict=True))


def _scalar(kind: Any, value: Any) -> Any:
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is Path:
        return Path(value)
    if kind is bytes:
        return bytes.fromhex(value)
    if kind not in _PLAIN or not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind}")
    return value


def event_frame(event: events.RelayEvent) -> bytes:
    return frame({"event": type(event).__name__, "value": plain(event)})


def event_of(message: dict[str, Any]) -> events.RelayEvent:
    """The event of a message. Raises: BadFrame."""
    kind = EVENTS.get(message["event"])
    if kind is None:
        raise BadFrame(f"no event {message['event']!r}")
    found: events.RelayEvent = typed(kind, message["value"])
    return found


def error_of(message: dict[str, Any]) -> errors.RelayError:
    """The error of a reply; one that this version does not know is a refusal all the same."""
    kind = ERRORS.get(message["error"], errors.RelayError)
    try:
        return kind(**message["facts"])
    except TypeError:
        return errors.RelayError(message["error"])
