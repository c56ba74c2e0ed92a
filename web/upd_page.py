"""The form of a universal transfer document: what was typed, and what is wrong with it in words."""

from collections.abc import Callable, Mapping

import reports
from web.shapes_exchange import UpdPage

CHARS_MAX = 1001  # one more than any field may have, so that too much is seen


def page_of(number: str, buyer: reports.UpdParty) -> UpdPage:
    """The form filled in with what the act says."""
    return UpdPage(number, buyer.name, buyer.inn, buyer.kpp, buyer.address)


def page_typed(number: str, given: Mapping[str, str]) -> UpdPage:
    typed = {name: text.strip()[:CHARS_MAX] for name, text in given.items()}
    return UpdPage(
        number,
        name=typed.get("name", ""),
        inn=typed.get("inn", ""),
        kpp=typed.get("kpp", ""),
        address=typed.get("address", ""),
        receiver=typed.get("receiver", ""),
        sender=typed.get("sender", ""),
    )


def buyer_typed(page: UpdPage) -> reports.UpdParty:
    return reports.UpdParty(page.name, page.inn, page.kpp, page.address, page.receiver)


def faults_in_words(
    error: reports.UpdIncomplete, page: UpdPage, _: Callable[..., str]
) -> dict[str, str]:
    """Field of the form → what to do about it; what no field can mend stands under "name"."""
    long = len(page.address) > 1000
    words = {
        "name": ("name", _("Write whom it is made out to")),
        "inn": ("inn", _("There is no such INN: check the digits")),
        "kpp": ("kpp", _("A KPP has 9 characters and belongs to a company with its INN")),
        "id": ("receiver", _("Latin letters, digits and dashes, 46 at most")),
        "address": (
            "address",
            _("1000 letters at most") if long else _("An invoice for VAT needs the address"),
        ),
        "seller": ("name", _("The platform's own requisites are not complete: tell the support")),
        "currency": ("name", _("Only acts in roubles have this form")),
        "total": ("name", _("Nothing was kept of this act, so nothing was handed over")),
    }
    return dict(words[name] for name in reversed(error.fields) if name in words)
