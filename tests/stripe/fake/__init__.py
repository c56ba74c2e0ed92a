"""A stateful fake of Stripe for tests: the part that no foreign program plays.

`World` is the whole of it as pure state: a call goes in, an answer comes out, events are kept.
`serving` puts a world behind a loopback port; `Deliveries` brings its events to an endpoint as
Stripe does: signed, repeated, out of order, for three days. The clock is the world's own, the ids
are counted, so the same calls give the same world.

What payers, banks and card issuers do is done by the verbs of `acts`.
"""

from tests.stripe.fake import acts
from tests.stripe.fake.delivery import Deliveries, Endpoint
from tests.stripe.fake.errors import Refusal
from tests.stripe.fake.faults import Faults
from tests.stripe.fake.server import Served, serving
from tests.stripe.fake.world import Answer, Call, World

__all__ = [
    "Answer",
    "Call",
    "Deliveries",
    "Endpoint",
    "Faults",
    "Refusal",
    "Served",
    "World",
    "acts",
    "serving",
]
