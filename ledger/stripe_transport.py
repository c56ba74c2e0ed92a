"""The client of Stripe and the way its failures become ours; shared by the two files that speak it.

One client a process. Every call carries a key of ours that was stored before, so that the
library's retries and our own repeat one request. The library maps errors of sending, but not of
reading an answer's body, and does not retry those: the subclass of its transport here does both.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import stripe
from stripe import StripeClient

from ledger.errors import GatewayRefused, GatewayUnreachable

CALL_S_MAX = 20
RETRIES_MAX = 2

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """Two webhook secrets are accepted while one replaces the other.

    `connect_secrets` sign the news of connected accounts, which come to an address of their own.
    `base_addresses` redirects the client, for tests: {"api": "http://127.0.0.1:…"}.
    """

    secret_key: str
    webhook_secrets: tuple[str, ...]
    base_addresses: Mapping[str, str] | None = None
    connect_secrets: tuple[str, ...] = ()

    @property
    def livemode(self) -> bool:
        return "_live_" in self.secret_key


class Transport(stripe.AIOHTTPClient):
    """Any failure to read an answer is a connection that broke: retried, under the same key."""

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            return await super().request_async(method, url, headers, post_data)
        except stripe.APIConnectionError:
            raise
        except Exception as error:
            text = f"the answer broke off: {type(error).__name__}"
            broken = stripe.APIConnectionError(text, should_retry=True)  # type: ignore[no-untyped-call]
            raise broken from error


def make_client(settings: StripeSettings) -> tuple[StripeClient, Transport]:
    """A client that reports nothing about itself; close its transport when the process ends."""
    stripe.enable_telemetry = False
    transport = Transport(timeout=CALL_S_MAX)
    addresses: Any = dict(settings.base_addresses or {})
    client = StripeClient(
        settings.secret_key,
        base_addresses=addresses,
        http_client=transport,
        max_network_retries=RETRIES_MAX,
    )
    return client, transport


def under(idempotency_key: str) -> Any:
    """Request options that carry a stored key."""
    return {"idempotency_key": idempotency_key}


async def asked(answer: Awaitable[_Answer]) -> _Answer:
    """The answer of a call. Raises: GatewayRefused (a no), GatewayUnreachable (outcome unknown)."""
    try:
        return await answer
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayUnreachable(str(error)) from error
    except stripe.StripeError as error:
        if (error.http_status or 500) >= 500 or error.http_status == 409:
            raise GatewayUnreachable(str(error)) from error
        raise GatewayRefused(str(error.code or type(error).__name__)) from error
