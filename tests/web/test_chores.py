"""The nightly audit: once a night, and each fault is told."""

from datetime import timedelta

from sqlalchemy import text

from tests.web.serving import Served
from web.chores import audited
from web.keys import CLOCK, DB


async def test_each_night_what_contradicts_itself_is_said(served: Served) -> None:
    app = served.app
    today = app[CLOCK]().date()
    assert await audited(app, today) == (today, []), "the night is still to come"
    async with app[DB].transaction() as db:
        wrong = (
            "INSERT INTO metering_allowances (id, payer, kind, seconds, step_s, left_s, granted_us)"
            " VALUES ('june:bob', 'bob', 'minutes', 600, 60, 540, 0)"
        )
        await db.execute(text(wrong))
    done, [fault] = await audited(app, today - timedelta(days=1))
    assert (done, fault.kind, fault.where) == (today, "allowance", "june:bob")
    assert fault.text == "540 s left of 600, 0 taken, 0 held"
