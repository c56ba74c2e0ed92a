"""The form of an invoice of EN 16931: what was typed, and what is wrong with it in words."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

import reports
from ledger import compact
from web.shapes_exchange import EInvoicePage
from web.upd_page import CHARS_MAX

SYNTAXES = tuple(reports.SYNTAXES)


def einvoice_path(number: str) -> str:
    return f"/documents/{quote(number, safe='')}/einvoice"


def page_of(issued: reports.Issued | reports.PeriodIssued, buyer: reports.EuParty) -> EInvoicePage:
    """The form filled in with what the act says."""
    return EInvoicePage(
        issued.name,
        buyer.name,
        buyer.country,
        buyer.vat_id,
        buyer.address,
        superseded=issued.superseded,
    )


def page_typed(
    issued: reports.Issued | reports.PeriodIssued, given: Mapping[str, str]
) -> EInvoicePage:
    typed = {name: text.strip()[:CHARS_MAX] for name, text in given.items()}
    syntax = typed.get("syntax", "")
    return EInvoicePage(
        issued.name,
        name=typed.get("name", ""),
        country=typed.get("country", "").upper(),
        vat_id=compact(typed.get("vat_id", "")),
        address=typed.get("address", ""),
        syntax=syntax if syntax in SYNTAXES else SYNTAXES[0],
        credit=issued.superseded and bool(typed.get("credit")),
        superseded=issued.superseded,
    )


def buyer_typed(page: EInvoicePage) -> reports.EuParty:
    return reports.EuParty(page.name, page.country, page.vat_id, page.address)


def faults_in_words(error: reports.EInvoiceIncomplete, _: Callable[..., str]) -> dict[str, str]:
    """Field of the form → what to do about it; what no field can mend stands under "name"."""
    words = {
        "name": ("name", _("Write whom it is made out to")),
        "country": ("country", _("Choose the country of the buyer")),
        "vat_id": ("vat_id", _("There is no such id in this country: check the characters")),
        "address": ("address", _("1000 letters at most")),
        "seller": ("name", _("The platform's own requisites are not complete: tell the support")),
        "currency": ("name", _("Only acts in euros have this form")),
        "agent": ("name", _("The consultant's services are invoiced by the consultant")),
        "total": ("name", _("Nothing was kept of this act, so nothing was handed over")),
        "vat": (
            "name",
            _("The tax of so many sessions cannot be shown in one file: split the period"),
        ),
    }
    return dict(words[name] for name in reversed(error.fields) if name in words)
