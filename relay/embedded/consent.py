"""The two messages that a connection repeats as long as it lives: a STUN binding request and its
answer (RFC 8489; RFC 7675 asks for them every few seconds, browsers ask twice as often).

aioice reads and writes any STUN message, at four times the price and with a task, a future and a
timer for each question. The bytes are the same.
"""

import hmac
import ipaddress
import zlib
from struct import Struct
from typing import NamedTuple

REQUEST, RESPONSE = 0x0001, 0x0101
USERNAME, INTEGRITY, XOR_ADDRESS = 0x0006, 0x0008, 0x0020
PRIORITY, FINGERPRINT, CONTROLLED, CONTROLLING = 0x0024, 0x8028, 0x8029, 0x802A
COOKIE = 0x2112A442
HEADER_BYTES, INTEGRITY_BYTES, FINGERPRINT_BYTES = 20, 24, 8
TRANSACTION_BYTES = 12
FINGERPRINT_XOR = 0x5354554E
IPV4, IPV6 = 1, 2

_HEADER, _ATTRIBUTE, _NUMBER = Struct("!HHI12s"), Struct("!HH"), Struct("!I")
_LONG = Struct("!Q")


class Heard(NamedTuple):
    """A message whose integrity holds; attributes by number, as far as they are signed."""

    kind: int
    transaction: bytes
    attributes: dict[int, bytes]


def request(
    transaction: bytes, name: bytes, priority: int, role: int, tie_breaker: int, key: bytes
) -> bytes:
    """`name`: the other end's fragment, a colon, ours; `role`: CONTROLLING or CONTROLLED; `key`:
    the other end's password.
    """
    told = (
        _attribute(USERNAME, name)
        + _attribute(PRIORITY, _NUMBER.pack(priority))
        + _attribute(role, _LONG.pack(tie_breaker))
    )
    return _signed(REQUEST, transaction, told, key)


def response(transaction: bytes, sender: tuple[str, int], key: bytes) -> bytes:
    """Tells the asker its address as seen from here; `key`: our password. Raises: ValueError when
    the sender's is no address.
    """
    packed = ipaddress.ip_address(sender[0]).packed
    pad = _NUMBER.pack(COOKIE) + transaction
    hidden = bytes(a ^ b for a, b in zip(packed, pad, strict=False))
    family = IPV4 if len(packed) == 4 else IPV6
    told = _ATTRIBUTE.pack(family, sender[1] ^ COOKIE >> 16) + hidden
    return _signed(RESPONSE, transaction, _attribute(XOR_ADDRESS, told), key)


def read(datagram: bytes, key: bytes) -> Heard | None:
    """None: not one of the two kinds, cut, of wrong integrity or of a wrong fingerprint."""
    if len(datagram) < HEADER_BYTES:
        return None
    kind, length, cookie, transaction = _HEADER.unpack_from(datagram)
    if kind not in (REQUEST, RESPONSE) or cookie != COOKIE:
        return None
    if length != len(datagram) - HEADER_BYTES:
        return None
    attributes: dict[int, bytes] = {}
    at = HEADER_BYTES
    while at + _ATTRIBUTE.size <= len(datagram):
        number, size = _ATTRIBUTE.unpack_from(datagram, at)
        value = datagram[at + 4 : at + 4 + size]
        if number == INTEGRITY:
            right = hmac.compare_digest(value, _integrity(datagram[:at], key))
            heard = Heard(kind, transaction, attributes)
            return heard if right and _intact(datagram[at + INTEGRITY_BYTES :], datagram) else None
        attributes[number] = value
        at += 4 + size + -size % 4
    return None


def _attribute(number: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(number, len(value)) + value + bytes(-len(value) % 4)


def _signed(kind: int, transaction: bytes, told: bytes, key: bytes) -> bytes:
    message = _HEADER.pack(kind, len(told), COOKIE, transaction) + told
    message += _attribute(INTEGRITY, _integrity(message, key))
    message = _grown(message, FINGERPRINT_BYTES)
    return message + _attribute(FINGERPRINT, _fingerprint(message))


def _grown(message: bytes, by: int) -> bytes:
    """The message whose header counts so many bytes that are still to come."""
    length = len(message) - HEADER_BYTES + by
    return message[:2] + length.to_bytes(2) + message[4:]


def _integrity(message: bytes, key: bytes) -> bytes:
    """RFC 8489, 14.5."""
    return hmac.digest(key, _grown(message, INTEGRITY_BYTES), "sha1")


def _fingerprint(message: bytes) -> bytes:
    """RFC 8489, 14.7; the header counts it already."""
    return _NUMBER.pack(zlib.crc32(message) ^ FINGERPRINT_XOR)


def _intact(rest: bytes, datagram: bytes) -> bool:
    """What follows the integrity: nothing, or the right fingerprint."""
    if not rest:
        return True
    return rest == _attribute(FINGERPRINT, _fingerprint(datagram[:-FINGERPRINT_BYTES]))
