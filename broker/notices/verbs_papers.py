"""Letters about papers that nobody asked for one by one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from broker import parties
from broker.notices import letters, store
from broker.notices.letters import Letter

MONTH_READY = "month_ready"


async def month_ready(
    db: AsyncConnection, key: str, party: str, month: str, papers: Sequence[str], at: datetime
) -> bool:
    """A party's papers of a month are issued; False when it has no address or was told under this
    key. `month` is finished text, `papers` a line for each with its link. Raises: PartyUnknown,
    BadLetter."""
    told = await parties.party(db, party)
    if told.email is None:
        return False
    text = letters.write(MONTH_READY, told.locale, month=month)
    body = text.body + "\n".join(" ".join(line.split()) for line in papers) + "\n"
    to = letters.check_address(told.email)
    name = f"{MONTH_READY}:{key}"
    return await store.add(
        db, Letter(0, name, MONTH_READY, to, told.locale, text.subject, body, at)
    )
