"""The text of a payment QR by GOST R 56042-2014 ("ST00012": version 1, UTF-8). Pure.

A bank's application reads it and fills the payment order in; the sum is in kopecks.
"""

from collections.abc import Sequence

from ledger.money import Money
from ledger.requisites import Requisites

HEAD = "ST0001"
UTF_8 = "2"
SEPARATORS = "|#~^;@$&*%!"
# Name of a field → how many characters the standard gives it.
LENGTHS = {
    "Name": 160, "PersonalAcc": 20, "BankName": 45, "BIC": 9, "CorrespAcc": 20,
    "Sum": 18, "Purpose": 210, "PayeeINN": 12, "PayerINN": 12, "KPP": 9,
}  # fmt: skip


def payment_text(payee: Requisites, amount: Money, purpose: str, payer_inn: str = "") -> str:
    """What the QR says. Raises: ValueError for money that is not rubles, for a field that is
    too long, and when no separator is left that the fields do not use."""
    if amount.currency != "RUB" or amount.minor <= 0:
        raise ValueError(f"a payment QR for {amount}")
    fields = [
        ("Name", payee.name),
        ("PersonalAcc", payee.account),
        ("BankName", payee.bank[: LENGTHS["BankName"]]),
        ("BIC", payee.bik),
        ("CorrespAcc", payee.correspondent or "0"),
        ("Sum", str(amount.minor)),
        ("Purpose", purpose),
        ("PayeeINN", payee.inn),
        ("PayerINN", payer_inn),
        ("KPP", payee.kpp),
    ]
    return compose([(name, value) for name, value in fields if value])


def compose(fields: Sequence[tuple[str, str]]) -> str:
    """Head, separator, fields. Raises: ValueError, as `payment_text`.

    >>> compose([("Name", "ООО «Три кита»"), ("BIC", "044525225")])
    'ST00012|Name=ООО «Три кита»|BIC=044525225'
    """
    for name, value in fields:
        if len(value) > LENGTHS.get(name, len(value)):
            raise ValueError(f"{name} has more than {LENGTHS[name]} characters")
    used = "".join(value for _, value in fields)
    separator = next((one for one in SEPARATORS if one not in used), None)
    if separator is None:
        raise ValueError("the fields use every separator there is")
    return separator.join([f"{HEAD}{UTF_8}", *(f"{name}={value}" for name, value in fields)])
