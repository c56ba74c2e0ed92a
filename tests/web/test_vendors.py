"""What the application opened at its vendors it closes when it stops."""

import gc
import warnings
from datetime import timedelta
from pathlib import Path

from tests.stripe import fake
from tests.web.serving import serving
from web.keys import CARDS, CLOCK, GATEWAY, PAYEES
from web.settings import Secret, StripeSettings


async def test_no_connection_to_stripe_outlives_the_application(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", ResourceWarning)
        async with fake.serving() as acquirer:
            account = StripeSettings(Secret("sk_test_1"), Secret("whsec_1"), acquirer.url)
            url = f"sqlite:///{tmp_path}/minuta.db"
            async with serving(url, tmp_path, stripe=account) as served:
                app = served.app
                assert not await app[GATEWAY].notices_since(app[CLOCK]() - timedelta(hours=1))
                assert await app[CARDS].make_customer("party-1", "customer:party-1")
                assert (await app[PAYEES].available("EUR")).minor >= 0
        del served, app
        gc.collect()
    assert [str(one.message) for one in seen if one.category is ResourceWarning] == []
