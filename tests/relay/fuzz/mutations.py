"""Real bytes and real text → the same with something wrong. Every choice is the dice's."""

import random
from collections.abc import Callable, Sequence

EDGES = (0, 1, 0x7F, 0x80, 0xFE, 0xFF)
WIDE_EDGES = (0, 1, 3, 4, 0x7FFF, 0x8000, 0xFFFF)
BYTES_MAX = 1800
TOKENS = (
    "", " ", "0", "-1", "65535", "65536", "4294967296", "9" * 400, "\x00", "\ud800", "ж" * 300,
    "a=mid:0", "a=ssrc:", "sendrecv", "passive", "127.0.0.1", "::1", "224.0.0.1", "fe80::1%lo",
    "null", "true", "1e999", "NaN", "[" * 300, "{", '{"a":' * 9, '"', "\\u0000", "\\ud800",
)  # fmt: skip


def _flip(data: bytearray, dice: random.Random, _others: Sequence[bytes]) -> None:
    for _ in range(dice.randrange(1, 9)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _edge(data: bytearray, dice: random.Random, _others: Sequence[bytes]) -> None:
    data[dice.randrange(len(data))] = dice.choice(EDGES)


def _length(data: bytearray, dice: random.Random, _others: Sequence[bytes]) -> None:
    """Lengths are two bytes at even places in STUN, RTP and RTCP alike."""
    place = 2 * dice.randrange((len(data) + 1) // 2)
    data[place : place + 2] = dice.choice(WIDE_EDGES).to_bytes(2, "big")


def _cut(data: bytearray, dice: random.Random, _others: Sequence[bytes]) -> None:
    del data[dice.randrange(len(data)) :]


def _repeat(data: bytearray, dice: random.Random, _others: Sequence[bytes]) -> None:
    start = dice.randrange(len(data))
    data[start:start] = data[start : start + dice.randrange(1, 64)] * dice.randrange(1, 5)


def _garbage(data: bytearray, dice: random.Random, _others: Sequence[bytes]) -> None:
    start = dice.randrange(len(data))
    data[start : start + dice.randrange(64)] = dice.randbytes(dice.randrange(64))


def _splice(data: bytearray, dice: random.Random, others: Sequence[bytes]) -> None:
    other = dice.choice(others)
    data[dice.randrange(len(data)) :] = other[dice.randrange(len(other) + 1) :]


_BYTES: tuple[Callable[[bytearray, random.Random, Sequence[bytes]], None], ...] = (
    _flip, _edge, _length, _cut, _repeat, _garbage, _splice,
)  # fmt: skip


def of_bytes(real: Sequence[bytes], dice: random.Random, keep: int = 0) -> bytes:
    """One of the real ones with one to three things wrong; its first `keep` bytes stay."""
    chosen = dice.choice(real)
    data = bytearray(chosen[keep:])
    for _ in range(dice.randrange(1, 4)):
        if data:
            dice.choice(_BYTES)(data, dice, real)
    return (chosen[:keep] + bytes(data))[:BYTES_MAX]


def of_text(real: Sequence[str], dice: random.Random, between: str = "\n") -> str:
    """One of the real ones with pieces dropped, doubled, moved, cut or replaced."""
    pieces = dice.choice(real).split(between)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(pieces))
        match dice.randrange(6):
            case 0:
                del pieces[at]
            case 1:
                pieces.insert(dice.randrange(len(pieces)), pieces[at])
            case 2:
                pieces[at] = _broken(pieces[at], dice)
            case 3:
                pieces[at] = dice.choice(TOKENS)
            case 4:
                pieces[at] = dice.choice(dice.choice(real).split(between))
            case _:
                pieces[at] += dice.choice(TOKENS)
        pieces = pieces or [""]
    return between.join(pieces)


def _broken(piece: str, dice: random.Random) -> str:
    """A word or a letter of the piece is another one."""
    at = dice.randrange(len(piece) + 1)
    if dice.random() < 0.5:
        return piece[:at] + dice.choice(TOKENS) + piece[at + dice.randrange(4) :]
    words = piece.split(" ")
    words[dice.randrange(len(words))] = dice.choice(TOKENS)
    return " ".join(words)
