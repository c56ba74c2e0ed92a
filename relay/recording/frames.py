"""A frame, as a decoder takes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """`key`: can be decoded without any frame before it."""

    data: bytes
    key: bool
