"""Canonical bytes (RFC 8785) and the chain over them: h[i] = SHA-256(h[i-1] + SHA-256(bytes))."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import rfc8785

Json = dict[str, Any]
START = bytes(32)


def canonical(value: object) -> bytes:
    """RFC 8785 bytes of a JSON value; integers must stay below 2**53.

    >>> canonical({"b": 1, "a": "ё"}).decode()
    '{"a":"ё","b":1}'
    """
    return bytes(rfc8785.dumps(value))  # type: ignore[arg-type]


def digest(value: object) -> str:
    """SHA-256 of the canonical bytes, hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def chain(events: Iterable[object], start: bytes = START) -> list[str]:
    """The running hash after each event, hexadecimal."""
    head, out = start, []
    for event in events:
        head = hashlib.sha256(head + hashlib.sha256(canonical(event)).digest()).digest()
        out.append(head.hex())
    return out


def parse(data: bytes) -> Json:
    """A JSON object from bytes. Raises ValueError for anything else."""
    body = json.loads(data)
    if not isinstance(body, dict):
        raise ValueError("not a JSON object")
    return body
