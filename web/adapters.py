"""Which vendor stands behind each protocol; together with web/app.py the only reader of adapters."""

from datetime import datetime

from ledger import Gateway
from ledger.demo_gateway import DemoGateway
from ledger.stripe_gateway import StripeGateway
from reports import Issuer, Sealer, development_sealer
from web.settings import Settings


def gateway_of(settings: Settings) -> Gateway:
    """Stripe when there is a key, else the demo bank of this very server."""
    stripe = settings.stripe
    if stripe is not None:
        return StripeGateway(stripe.key.reveal(), stripe.webhook_secret.reveal(), stripe.api_base)
    return DemoGateway(settings.origin, settings.secret.derive("demo bank"))


def sealer_of(settings: Settings, at: datetime) -> Sealer:
    """The configured seal, else a development one whose keys are made on the first run."""
    issuer = Issuer(name=settings.platform)
    if settings.seal_key and settings.seal_certificate:
        return Sealer.from_pem(settings.seal_key, settings.seal_certificate, issuer)
    return development_sealer(settings.folder / "seal", at, issuer=issuer)
