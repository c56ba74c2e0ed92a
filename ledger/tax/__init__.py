"""VAT on advances, for a legal entity that sells as a principal.

The tax is due when the money comes into the wallet and again when the service is delivered; what
was paid on the advance is then set off, the oldest advance first, each at the rate of its own day.
What is paid back unspent is set off too. The rates and the journals are the core's (`ledger.vat`);
this room remembers the advances. An agent needs none of this: one `vat_on_income` on its
commission per settlement or act.
"""

from ledger.tax.verbs import advances_of, deliver, pay_back, receive
from ledger.vat import Advance, VatMode, VatRate, rate_on, vat_on_income, vat_within

__all__ = [
    "Advance",
    "VatMode",
    "VatRate",
    "advances_of",
    "deliver",
    "pay_back",
    "rate_on",
    "receive",
    "vat_on_income",
    "vat_within",
]
