"""Russian requisites and their check digits: INN, KPP, OGRN, BIK, accounts. Pure.

Each `fault_in_…` answers "" for a sound number, "form" when it is not such a number at all, and
"check" when its check digit is wrong, that is, when somebody mistyped it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
_KEY = (7, 1, 3) * 8  # weights of an account's key, over three digits of the BIK and the account
_CENTRAL = ("000", "001", "002")  # last digits of BIKs whose accounts are the central bank's own
_OF_THE_TREASURY = ("00", "01", "02")  # first digits of the BIKs of its offices

NAME_CHARS_MAX = 160  # of the field in the banks' exchange format


def fault_in_inn(text: str) -> str:
    """Ten digits of an organisation or twelve of a person.

    >>> fault_in_inn("7707083893"), fault_in_inn("7707083894"), fault_in_inn("77O7083893")
    ('', 'check', 'form')
    """
    if not re.fullmatch(r"(?!00)([0-9]{10}|[0-9]{12})", text):
        return "form"
    checks = [_INN_10] if len(text) == 10 else _INN_12
    sound = all(_weighed(text, w) % 11 % 10 == int(text[len(w)]) for w in checks)
    return "" if sound else "check"


def fault_in_kpp(text: str) -> str:
    """Nine characters: tax office, reason (may have letters), order.

    >>> fault_in_kpp("773601001"), fault_in_kpp("7736AB001"), fault_in_kpp("77360100")
    ('', '', 'form')
    """
    return "" if re.fullmatch(r"(?!00)[0-9]{4}[0-9A-Z]{2}[0-9]{3}", text) else "form"


def fault_in_ogrn(text: str) -> str:
    """Thirteen digits of an organisation or fifteen of an entrepreneur.

    >>> fault_in_ogrn("1027700132195"), fault_in_ogrn("304500116000157"), fault_in_ogrn("1")
    ('', '', 'form')
    """
    if not re.fullmatch(r"[1-9]([0-9]{12}|[0-9]{14})", text):
        return "form"
    divisor = len(text) - 2  # 11 and 13
    return "" if int(text[:-1]) % divisor % 10 == int(text[-1]) else "check"


def fault_in_bik(text: str) -> str:
    """Nine digits; a BIK has no check digit of its own.

    The first says how its owner takes part in the central bank's payments: 0 directly, 1 through
    another bank, 2 as a client only. Directly: 04 are banks, 00 to 02 offices of the treasury.

    >>> fault_in_bik("044525225"), fault_in_bik("017003983"), fault_in_bik("944525225")
    ('', '', 'form')
    """
    return "" if re.fullmatch(r"[012][0-9]{8}", text) else "form"


def fault_in_account(account: str, bik: str) -> str:
    """Twenty digits whose ninth is the key over the account and its bank's BIK.

    Accounts that the treasury keeps begin with 0, are in roubles, and have no key.

    >>> fault_in_account("40702810138250123017", "044525225")
    ''
    >>> fault_in_account("40702810238250123017", "044525225")
    'check'
    >>> fault_in_account("03100643000000018500", "017003983")
    ''
    """
    if not re.fullmatch(r"[0-9]{20}", account) or fault_in_bik(bik):
        return "form"
    if account.startswith("0") or bik.startswith(_OF_THE_TREASURY):
        kept_there = bik.startswith(_OF_THE_TREASURY) and re.match(r"0[0-9]{4}643", account)
        return "" if kept_there else "check"
    if bik.endswith(_CENTRAL):
        return _fault_in_key(account, _centre(bik))
    return _fault_in_key(account, bik[-3:])


def fault_in_correspondent(account: str, bik: str) -> str:
    """A bank's account with the central bank: 301…, its end is the end of the BIK; for an office
    of the treasury its single account, 40102….

    >>> fault_in_correspondent("30101810400000000225", "044525225")
    ''
    >>> fault_in_correspondent("40102810445370000059", "017003983")
    ''
    """
    treasurys = bik.startswith(_OF_THE_TREASURY)
    shape = r"40102810[0-9]{12}" if treasurys else r"301[0-9]{17}"
    if not re.fullmatch(shape, account) or fault_in_bik(bik):
        return "form"
    if not treasurys and account[-3:] != bik[-3:]:
        return "check"
    return _fault_in_key(account, _centre(bik))


def _centre(bik: str) -> str:
    """What stands before an account that the central bank keeps: "0" and two digits of the unit."""
    return f"0{bik[4:6]}"


def _fault_in_key(account: str, of_bank: str) -> str:
    return "" if _weighed(of_bank + account, _KEY) % 10 == 0 else "check"


def _weighed(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


@dataclass(frozen=True, slots=True)
class Requisites:
    """Where a payment goes: the holder and the account. `kpp` and `correspondent` may be empty."""

    name: str
    inn: str
    account: str
    bank: str
    bik: str
    correspondent: str = ""
    kpp: str = ""

    def faults(self) -> dict[str, str]:
        """Field → what is wrong with it; empty when all is sound."""
        found = {
            "inn": fault_in_inn(self.inn),
            "kpp": fault_in_kpp(self.kpp) if self.kpp else "",
            "bik": fault_in_bik(self.bik),
            "account": fault_in_account(self.account, self.bik),
            "bank": "" if self.bank.strip() else "form",
            "name": "" if 0 < len(self.name.strip()) <= NAME_CHARS_MAX else "form",
        }
        if self.correspondent:
            found["correspondent"] = fault_in_correspondent(self.correspondent, self.bik)
        if len(self.inn) == 12 and self.kpp:
            found["kpp"] = "form"  # persons have none
        return {field: why for field, why in found.items() if why}


@dataclass(frozen=True, slots=True)
class Payer:
    """Who is to pay an invoice. A person may have no `inn`; then only the number tells."""

    name: str
    inn: str = ""
    kpp: str = ""

    def faults(self) -> dict[str, str]:
        """Field → what is wrong with it; empty when all is sound."""
        found = {
            "name": "" if 0 < len(self.name.strip()) <= NAME_CHARS_MAX else "form",
            "inn": fault_in_inn(self.inn) if self.inn else "",
            "kpp": fault_in_kpp(self.kpp) if self.kpp else "",
        }
        if self.kpp and len(self.inn) != 10:
            found["kpp"] = "form"
        return {field: why for field, why in found.items() if why}
