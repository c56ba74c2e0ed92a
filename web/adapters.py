"""Which vendor stands behind each protocol; with web/app.py the only reader of adapters."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ledger import fault_in_inn, fault_in_kpp, fault_in_vat_id
from ledger.cards import CardGateway, CardKeeper, PayeeKeeper
from ledger.closed_connect import ClosedCards, ClosedPayees
from ledger.closed_gateway import ClosedGateway
from ledger.demo_connect import DemoCards, DemoPayees
from ledger.demo_gateway import DemoGateway
from ledger.stripe_connect import StripeCards, StripePayees
from ledger.stripe_gateway import StripeGateway
from ledger.stripe_transport import StripeSettings as StripeAccount
from metering import Clock
from relay import (
    Engine,
    NoJanus,
    RelayEvent,
    RelaySettings,
    embedded_engine,
    janus_engine,
    own_janus_engine,
    worker_engine,
)
from relay.clip import vp8_clip as vp8_clip
from relay.endpoint import Endpoint as Endpoint
from reports import FREE_OF_VAT, Issuer, Sealer, Vat, development_sealer
from web.settings import BadSettings, Secret, Settings, environment_without_ours


def gateway_of(settings: Settings) -> CardGateway:
    """Stripe when there is a key, else the demo bank of this very server; never in production."""
    account = _account(settings)
    if account is not None:
        return StripeGateway(account)
    if settings.production:
        return ClosedGateway()
    return DemoGateway(settings.secret.derive("demo bank"), settings.origin)


def engine_of(
    settings: Settings,
    media: RelaySettings,
    on_event: Callable[[RelayEvent], None],
    clock: Clock,
) -> Engine:
    """Who carries media: this very process, or relay processes of its own."""
    workers = settings.media.workers
    if settings.media.engine == "janus":
        return _janus_of(settings, media, on_event, clock)
    if workers > 1:
        return worker_engine(media, on_event, clock, workers, environment_without_ours())
    return embedded_engine(media, on_event, clock)


def _janus_of(
    settings: Settings,
    media: RelaySettings,
    on_event: Callable[[RelayEvent], None],
    clock: Clock,
) -> Engine:
    """Nodes that others run, or processes of our own."""
    nodes = settings.media
    if nodes.janus_urls:
        host, _, port = nodes.janus_events.rpartition(":")
        return janus_engine(on_event, clock, nodes.janus_urls, (host, int(port)))
    try:
        return own_janus_engine(
            media, on_event, clock, settings.folder / "janus", environment_without_ours(),
            max(1, nodes.workers),
        )  # fmt: skip
    except NoJanus as error:
        raise BadSettings("MINUTA_RELAY", str(error)) from error


def cards_of(settings: Settings) -> CardKeeper:
    """Who keeps cards: the acquirer of `gateway_of`."""
    account = _account(settings)
    if account is not None:
        return StripeCards(account)
    return ClosedCards() if settings.production else DemoCards(settings.origin)


def payees_of(settings: Settings) -> PayeeKeeper:
    """Through whom payees are paid: the acquirer of `gateway_of`."""
    account = _account(settings)
    if account is not None:
        return StripePayees(account)
    return ClosedPayees() if settings.production else DemoPayees()


def _account(settings: Settings) -> StripeAccount | None:
    stripe = settings.stripe
    if stripe is None:
        return None
    base = {"api": stripe.api_base} if stripe.api_base else None
    secrets, connect = _secrets(stripe.webhook_secret), _secrets(stripe.connect_secret)
    return StripeAccount(stripe.key.reveal(), secrets, base, connect)


def _secrets(given: Secret) -> tuple[str, ...]:
    """Two while one replaces the other, with a comma between them."""
    return tuple(part.strip() for part in given.reveal().split(",") if part.strip())


def sealer_of(settings: Settings, at: datetime) -> Sealer:
    """The configured seal, else a development one whose keys are made on the first run."""
    issuer = issuer_of(settings)
    if settings.seal_folder is not None:
        return Sealer.load(settings.seal_folder, issuer)
    return development_sealer(settings.folder / "seal", at, issuer)


def issuer_of(settings: Settings) -> Issuer:
    """The requisites of the file, over those of the example; documents are verified on our site."""
    regime = settings.vat
    vats = [Vat(day, row.bp, row.law) for day, row in regime.rates()]
    issuer = Issuer(
        verify_url=f"{settings.origin}/verify",
        vats=(FREE_OF_VAT, *vats),
        vat_mode=regime.mode.value,
    )
    if settings.issuer_file is None:
        return issuer
    try:
        given = json.loads(settings.issuer_file.read_text("utf-8"))
        texts: Any = {name: str(given[name]) for name in given}
        issuer = replace(issuer, **texts)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BadSettings("MINUTA_ISSUER_FILE", str(error)) from error
    if issuer.vat_id and fault_in_vat_id(issuer.vat_id):
        raise BadSettings("MINUTA_ISSUER_FILE", f"vat_id: {issuer.vat_id} is no id of VAT")
    if wrong := _fault_in_tax_id(issuer.tax_id):
        raise BadSettings("MINUTA_ISSUER_FILE", wrong)
    return issuer


def _fault_in_tax_id(text: str) -> str:
    """What a paper with these numbers would be sent back for; "" when nothing is. Who has other
    numbers than Russian ones names no INN."""
    inn, kpp = re.search(r"ИНН\s*(\w*)", text), re.search(r"КПП\s*(\w*)", text)
    if inn and (why := fault_in_inn(inn[1])):
        return f"tax_id: {inn[1]} is no INN" + (", a digit is mistyped" if why == "check" else "")
    if kpp and fault_in_kpp(kpp[1]):
        return f"tax_id: {kpp[1]} is no KPP"
    return ""
