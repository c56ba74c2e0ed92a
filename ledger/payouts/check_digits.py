"""Check digits of Russian requisites: a mistyped account is caught before money is sent to it."""

_ACCOUNT = (7, 1, 3)
_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
BIK_DIGITS, ACCOUNT_DIGITS = 9, 20


def digits(text: str, *lengths: int) -> bool:
    """Whether it is digits only, of one of the lengths."""
    return text.isascii() and text.isdigit() and len(text) in lengths


def bik_is_sound(bik: str) -> bool:
    """Nine digits that begin with Russia's code 04 (a bank) or 0 to 2 (direct participants).

    >>> bik_is_sound("044525225"), bik_is_sound("944525225")
    (True, False)
    """
    return digits(bik, BIK_DIGITS) and bik[0] in "012"


def account_is_sound(account: str, bik: str) -> bool:
    """A bank account under its bank: the weighted sum of both ends in zero.

    >>> account_is_sound("40702810938000000001", "044525225")
    True
    >>> account_is_sound("40702810938000000002", "044525225")
    False
    """
    if not digits(account, ACCOUNT_DIGITS) or not bik_is_sound(bik):
        return False
    # Accounts in a bank take the bank's number, accounts in a centre of the central bank "0" and
    # two digits of the centre.
    head = f"0{bik[4:6]}" if bik[6:] in ("000", "001", "002") else bik[6:]
    row = [int(char) for char in head + account]
    return sum(n * _ACCOUNT[i % 3] for i, n in enumerate(row)) % 10 == 0


def inn_is_sound(inn: str) -> bool:
    """Ten digits of an organisation or twelve of a person.

    >>> inn_is_sound("7707083893"), inn_is_sound("500100732259"), inn_is_sound("7707083894")
    (True, True, False)
    """
    if digits(inn, 10):
        return _control(inn, _INN_10) == int(inn[9])
    if digits(inn, 12):
        return _control(inn, _INN_11) == int(inn[10]) and _control(inn, _INN_12) == int(inn[11])
    return False


def _control(inn: str, weights: tuple[int, ...]) -> int:
    return sum(int(char) * weight for char, weight in zip(inn, weights, strict=False)) % 11 % 10
