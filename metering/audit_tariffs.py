"""Is what is published still what was published: no number missing, no text that says otherwise?"""

from sqlalchemy.ext.asyncio import AsyncConnection

from metering import store_tariffs as store
from metering.audit import Fault
from metering.errors import BadTariff
from metering.tariffs import Tariff


async def check_tariffs(db: AsyncConnection) -> list[Fault]:
    """Every fault in published tariffs; an empty list is a clean audit."""
    faults, last, count = list[Fault](), ("", ""), 0
    for plan, owner, version, text in await store.texts(db):
        count = count + 1 if last == (plan, owner) else 1
        last, where = (plan, owner), f"tariff:{plan}:{owner or 'platform'} {version}"
        if version != count:
            faults.append(Fault("tariff_gap", where, f"version {count} is missing"))
            count = version
        wrong = _wrong(plan, owner, version, text)
        if wrong:
            faults.append(Fault("tariff_text", where, wrong))
    return faults


def _wrong(plan: str, owner: str, version: int, text: str) -> str:
    try:
        tariff = Tariff.from_json(text)
    except BadTariff as error:
        return str(error)
    said = tariff.rate_version if owner else tariff.version
    if (tariff.plan, said) != (plan, version):
        return f"its text is of {tariff.plan} {said}"
    return "" if tariff.to_json() == text else "its text is not canonical"
