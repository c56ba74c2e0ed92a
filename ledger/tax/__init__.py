"""VAT on advances, for a legal entity that sells as a principal.

The tax is due when the money comes into the wallet and again when the service is delivered; what
was paid on the advance is then set off, the oldest advance first, each at the rate of its own day.
What is paid back unspent is set off too. The rates and the journals are the core's (`ledger.vat`);
this room remembers the advances. An agent needs none of this: `book_session` takes the tax inside
its commission, once per session, and corrects it after a ruling.
"""

from ledger.tax.sessions import book_session
from ledger.tax.verbs import advances_of, deliver, pay_back, receive
from ledger.vat import Advance, VatMode, VatRate, VatRegime, rate_on, vat_on_income, vat_within

__all__ = [
    "Advance",
    "VatMode",
    "VatRate",
    "VatRegime",
    "advances_of",
    "book_session",
    "deliver",
    "pay_back",
    "rate_on",
    "receive",
    "vat_on_income",
    "vat_within",
]
