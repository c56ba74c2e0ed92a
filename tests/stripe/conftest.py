"""The fake on a port, and Stripe's own library talking to it."""

from collections.abc import AsyncIterator

import pytest
import stripe
from stripe import StripeClient

from tests.stripe.fake import Served, serving


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as one:
        yield one


@pytest.fixture
async def transport() -> AsyncIterator[stripe.AIOHTTPClient]:
    stripe.enable_telemetry = False
    one = stripe.AIOHTTPClient()
    yield one
    await one.close_async()


@pytest.fixture
def client(served: Served, transport: stripe.AIOHTTPClient) -> StripeClient:
    """Without retries: each call is one request."""
    addresses = {"api": served.url}
    return StripeClient(
        "sk_test_1", base_addresses=addresses, http_client=transport, max_network_retries=0
    )
