"""Our side of `bench.ledger`: the product's own tables, migrated, and its own transactions."""

from collections import Counter
from collections.abc import Callable

from sqlalchemy import text

from bench._ledger_load import AMOUNT, CUSTOMERS, FEE, OPENING, Load, Op, Run, closed_loop
from bench.result import Unmeasured
from ledger import Account, AccountKind, Draft, HoldDraft, Leg, Writer, check, post_many
from ledger.writer import Kept
from metering import utc_now
from web.commands.schema import migrate
from web.db import Database

SCOPE = "split"
CUSTOMER = [Account(AccountKind.PREPAID, f"party-{n}") for n in range(CUSTOMERS)]
PLATFORM = Account(AccountKind.COMMISSION)
CASH = Account(AccountKind.CASH, "bench")


def draft(op: Op, hold: str | None = None) -> Draft:
    """The split as the product would ask for it."""
    legs = (
        Leg(CUSTOMER[op.payer], -AMOUNT),
        Leg(PLATFORM, FEE),
        Leg(CUSTOMER[op.payee], AMOUNT - FEE),
    )
    return Draft(SCOPE, op.key, "split", legs, posts_hold=hold)


async def prepare(url: str) -> None:
    """Every table of the product, and each customer's opening balance."""
    database = Database(url)
    try:
        await migrate(database)
        legs = [(Leg(CASH, -OPENING), Leg(account, OPENING)) for account in CUSTOMER]
        drafts = [Draft("open", str(n), "opening", pair) for n, pair in enumerate(legs)]
        async with database.transaction() as db:
            for result in await post_many(db, drafts, utc_now()):
                result.raise_for_status()
    finally:
        await database.close()


class Ours:
    """A database that has been prepared, and what it acknowledged."""

    def __init__(self, url: str, server_cpu_s: Callable[[], float] | None = None) -> None:
        self.database, self.server_cpu_s = Database(url), server_cpu_s
        self.load, self.said = Load("S-2026"), Counter[str]()

    async def submit(self, callers: int) -> Run:
        """Each caller has one split, and awaits its result."""

        async def call(writer: Writer) -> int:
            result = await writer.submit(draft(self.load.one()))
            self.said[result.status.value] += 1
            return 1

        return await self._with_writer(call, callers)

    async def hold_and_post(self, callers: int) -> Run:
        """Each caller sets the money aside, then posts the hold: one operation is the pair."""

        async def call(writer: Writer) -> int:
            op = self.load.one()
            hold = f"hold-{op.key}"
            await writer.submit(HoldDraft(hold, CUSTOMER[op.payer], AMOUNT))
            result = await writer.submit(draft(op, hold))
            self.said[result.status.value] += 1
            return 1

        return await self._with_writer(call, callers)

    async def post_many(self, size: int) -> Run:
        """One caller posts batches of so many splits in transactions of its own."""

        async def call() -> int:
            drafts = [draft(op) for op in self.load.many(size)]
            async with self.database.transaction() as db:
                results = await post_many(db, drafts, utc_now())
            self.said.update(result.status.value for result in results)
            return size

        return await self._checked([call])

    async def _with_writer(self, call: Callable[[Writer], object], callers: int) -> Run:
        database = self.database
        kept = None if database.sqlite else Kept(database.engine)
        writer = Writer(kept or database.transaction, utc_now)
        try:
            return await self._checked([lambda: call(writer)] * callers)  # type: ignore[list-item]
        finally:
            await writer.close()
            if kept is not None:
                await kept.close()

    async def _checked(self, calls: list[Callable[[], object]]) -> Run:
        run = await closed_loop(calls, self.server_cpu_s)  # type: ignore[arg-type]
        await self.assert_stored()
        return run

    async def assert_stored(self) -> None:
        """The audit is clean; what was acknowledged is stored, once. Raises: Unmeasured."""
        async with self.database.reading() as db:
            faults = await check(db)
            count = text("SELECT count(*) FROM ledger_journal WHERE scope = :scope")
            stored = (await db.execute(count, {"scope": SCOPE})).scalar_one()
        posted, others = self.said["posted"], set(self.said) - {"posted", "duplicate"}
        if faults or others or stored != posted:
            raise Unmeasured(f"ours: {faults[:3]} {others}, {stored} stored of {posted}")

    async def close(self) -> None:
        await self.database.close()
