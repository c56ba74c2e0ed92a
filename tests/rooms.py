"""The tables of every room, in the order of the arrows."""

import importlib
import importlib.util

from sqlalchemy import MetaData

ROOMS = (
    "ledger",
    "ledger.control",
    "ledger.promo",
    "ledger.tax",
    "ledger.payouts",
    "ledger.cards",
    "ledger.cards.auto_top_up",
    "ledger.cards.connect",
    "ledger.bank",
    "ledger.books",
    "metering",
    "broker.parties",
    "broker.sessions",
    "broker.notices",
    "reports",
    "web",
)


def metadata_of_all() -> list[MetaData]:
    """Every room's tables; a room that is not built yet has none."""
    names = [f"{room}.schema" for room in ROOMS]
    return [importlib.import_module(n).metadata for n in names if importlib.util.find_spec(n)]
