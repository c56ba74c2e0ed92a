"""An act in euros as an electronic invoice: offered, refused in words, taken back."""

import hashlib
from dataclasses import replace

from lxml import etree

import reports
from reports import store
from reports.period import PeriodAct
from reports.press import sealed
from reports.register import Paper
from tests.reports.euro_builders import euro_act
from tests.reports.norm import faults
from tests.web.asking import JSON, ask
from tests.web.serving import Served
from web.keys import DB, SEALER

HOME = "/documents/U-2026-000001/einvoice"


async def issued(served: Served, act: PeriodAct) -> None:
    """The paper in the register, as if it had been issued here."""
    sealer, head, scope = served.app[SEALER], act.heading, act.scope
    pdf = sealed(act, sealer)
    entry = reports.PeriodIssued(
        number=head.number,
        revision=head.revision,
        kind=head.kind,
        subject=scope.key,
        buyer=scope.buyer,
        other="",
        buyer_name=act.customer.name,
        other_name="",
        first_on=scope.first,
        last_on=scope.last,
        locale=scope.locale,
        sessions=act.totals.sessions,
        minutes=act.totals.minutes,
        total_minor=act.totals.kept,
        currency=scope.currency,
        issued_at=head.issued_at,
        sha256=hashlib.sha256(pdf).hexdigest(),
        size=len(pdf),
        content="",
    )
    async with served.app[DB].transaction() as db:
        await store.write(db, Paper(entry, pdf))


async def test_an_act_in_euros(served: Served) -> None:
    async with served.robot() as client, served.robot() as other:
        await client.enter("accountant")
        await other.enter("client")
        await issued(served, euro_act())
        page = await client.get(HOME)
        assert (page["country"], page["vat_id"]) == ("DE", "DE811569869")
        assert not page["superseded"]
        moved = await ask(served, "GET", HOME.replace("einvoice", "upd"), client.token)
        assert moved.status == 303
        assert (await ask(served, "GET", HOME, other.token)).status == 404
        typed = {"name": page["name"], "country": "FR", "vat_id": page["vat_id"]}
        wrong = await ask(served, "POST", HOME, client.token, headers=JSON, json=typed)
        assert (wrong.status, set(wrong.value["errors"])) == (422, {"vat_id"})
        typed["country"] = "DE"
        for syntax in reports.SYNTAXES:
            made = await ask(served, "POST", HOME, client.token, json=typed | {"syntax": syntax})
            assert (made.status, faults(made.text.encode())) == (200, [])
        refused = await ask(served, "POST", HOME, client.token, json=typed | {"credit": "1"})
        assert "<ram:TypeCode>380" in refused.text  # nothing has taken its place yet
        await issued(served, replace(euro_act(4, revision=2)))
        made = await ask(
            served,
            "POST",
            HOME.replace("001/", "001-r1/"),
            client.token,
            json=typed | {"credit": "1"},
        )
        assert faults(made.text.encode()) == []
        assert "U-2026-000001-C" in "".join(etree.fromstring(made.text.encode()).itertext())


async def test_not_offered_by_an_issuer_elsewhere(served: Served) -> None:
    async with served.robot() as client:
        await client.enter("accountant")
        act = euro_act()
        russian = replace(act, issuer=reports.Issuer(), scope=replace(act.scope, currency="RUB"))
        await issued(served, russian)
        assert (await ask(served, "GET", HOME, client.token)).status == 404
        asked = {"name": "Client", "country": "DE"}
        told = await ask(served, "POST", HOME, client.token, headers=JSON, json=asked)
        assert (told.status, set(told.value["errors"])) == (422, {"name"})
