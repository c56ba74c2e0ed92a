"""Disputed payments in pages: what is due, what is frozen, what the bank is sent, and once."""

from datetime import timedelta
from typing import Any

from ledger import Money, cards, control
from ledger.acquirer import DisputeFact, DisputeStatus, WarningFact
from tests.web.asking import JSON, ask
from tests.web.serving import START, Served
from tests.web.test_control import entered
from web import card_work


async def paid(served: Served, amount: str) -> tuple[str, Any]:
    """Анна пополняет с карты; имя платежа у банка и её пропуск."""
    async with served.robot() as client:
        await client.enter("client")
        begun = await client.post("/wallet/top-up", amount=amount, key="k")
        await client.post(f"/demo-bank/{begun['id']}", decision="pay")
        await card_work.one_round(served.app)
    async with served.database.reading() as db:
        query = f"select payment from ledger_top_up where id = '{begun['id']}'"
        return str((await db.exec_driver_sql(query)).scalar_one()), client.token


async def told(served: Served, fact: Any) -> None:
    async with served.database.transaction() as db:
        await cards.apply_fact(db, "demo", f"evt_{fact.ref}", fact, served.clock())


def opened(payment: str, minor: int) -> DisputeFact:
    due = START + timedelta(days=7)
    return DisputeFact("dp_1", DisputeStatus.OPEN, Money(minor), payment, "ch_1", "fraudulent", due)


async def test_from_the_dispute_to_the_bank(served: Served) -> None:
    """Оспорены 100,00: заморожено, доказательства собраны, дополнены, отправлены один раз."""
    payment, client = await paid(served, "100")
    await told(served, opened(payment, 10_000))
    accountant, where = await entered(served, "accountant"), "/disputes/demo/dp_1"

    async def look(path: str = where) -> Any:
        return (await ask(served, "GET", path, accountant, headers=JSON)).value

    [row] = (await look("/disputes"))["rows"]
    assert (row["state"], row["evidence"], row["overdue"]) == ("open", "none", False)
    assert (row["amount"]["minor"], row["frozen"]["minor"]) == (10_000, 10_000)
    page = await look()
    assert "Not used" in page["pack"]["service"], "a preview before it is gathered"
    assert (page["may_amend"], page["may_send"]) == (False, False)
    early = await ask(
        served, "POST", f"{where}/sending", accountant, headers=JSON, json={"why": "x"}
    )
    assert (early.status, early.code) == (409, "evidence_closed")
    await card_work.one_round(served.app)
    await card_work.one_round(served.app)
    assert (await look())["may_send"] is True
    body = {"remark": "The client wrote to us that the card was his own."}
    saved = await ask(served, "POST", f"{where}/remark", accountant, headers=JSON, json=body)
    assert saved.status == 201
    await card_work.one_round(served.app)
    silent = await ask(served, "POST", f"{where}/sending", accountant, data={"why": " "})
    assert (silent.status, "почему" in silent.text) == (422, True)
    for _ in range(2):
        sent = await ask(
            served, "POST", f"{where}/sending", accountant, headers=JSON, json={"why": "готово"}
        )
        assert sent.status == 201
    await card_work.one_round(served.app)
    page = await look()
    assert (page["row"]["evidence"], page["pack"]["remark"]) == ("sent", body["remark"])
    assert [step["action"] for step in page["steps"]] == [
        "dispute.open",
        "dispute.evidence_amended",
        "dispute.evidence_sent",
    ]
    for path in ("/disputes", "/disputes?which=all", where):
        shown = await ask(served, "GET", path, accountant)
        assert (shown.status, shown.text.count("<h1>")) == (200, 1)
        assert (await ask(served, "GET", path, client, headers=JSON)).status == 403
    assert f"/books/accounts/disputed/{'demo%3Adp_1'}" in shown.text
    books = await ask(served, "GET", "/books/accounts/disputed/demo%3Adp_1", accountant)
    assert books.status == 200
    thaw = {"why": "владелец подтвердил", "of": "dispute"}
    done = await ask(served, "POST", f"{where}/thaw", accountant, headers=JSON, json=thaw)
    assert (done.status, (await look())["frozen_for"]) == (201, "")


async def test_late_unknown_and_early_warnings(served: Served) -> None:
    payment, _ = await paid(served, "100")
    await told(served, opened(payment, 10_000))
    accountant = await entered(served, "accountant")
    served.clock.pass_s(8 * 86400)
    await told(served, WarningFact("w_1", payment, "made_with_stolen_card"))
    page = (await ask(served, "GET", "/disputes", accountant, headers=JSON)).value
    assert [row["overdue"] for row in page["rows"]] == [True]
    assert [(one["kind"], one["frozen"]) for one in page["warnings"]] == [
        ("made_with_stolen_card", True)
    ]
    assert "Просрочено" in (await ask(served, "GET", "/disputes", accountant)).text
    where, body = "/disputes/demo/w_1/thaw", {"of": "warning", "why": "ошибка банка"}
    done = await ask(served, "POST", where, accountant, headers=JSON, json=body)
    again = await ask(served, "POST", where, accountant, headers=JSON, json=body)
    assert (done.status, again.code) == (201, "nothing_frozen")
    async with served.database.reading() as db:
        lifted = await control.audit_trail(db, action="wallet.reason_lifted")
    assert [row.why for row in lifted] == ["ошибка банка"]
    none = await ask(served, "GET", "/disputes/demo/none", accountant, headers=JSON)
    assert none.status == 404
