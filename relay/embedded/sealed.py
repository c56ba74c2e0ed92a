"""SRTP whose key both ends were told by other means (RFC 4568): no ICE, no DTLS."""

import secrets

from pylibsrtp import Error, Policy, Session

# AES_CM_128_HMAC_SHA1_80: 16 bytes of key, 14 of salt.
KEY_BYTES = 30


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


class Opener:
    """The receiving end."""

    def __init__(self, key: bytes) -> None:
        policy = Policy(key, Policy.SSRC_ANY_INBOUND)
        self._session = Session(policy)

    def opened(self, packet: bytes) -> bytes | None:
        """The plain packet; None when it was not made with the key, or came before."""
        try:
            return self._session.unprotect(packet)
        except Error:
            return None
