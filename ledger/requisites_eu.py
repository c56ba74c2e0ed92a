"""European requisites and their check digits: IBAN, ids of payers of VAT. Pure.

Answers as `ledger.requisites` does: "" for a sound number, "form" for what is no such number at
all, "check" for a wrong check digit. Lengths of IBANs are those of the SWIFT registry; ids of VAT
are checked by the public algorithms of the countries, and by shape alone where there is none.
"""

import re
from collections.abc import Callable, Sequence

#: Country → characters of its IBAN.
IBAN_CHARS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27,
    "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24,
    "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31,
    "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip
_IRISH = "WABCDEFGHIJKLMNOPQRSTUV"
_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"
_SPANISH_OFFICE = "JABCDEFGHI"


def compact(text: str) -> str:
    """Without spaces, dots and dashes, in capitals: as numbers are kept.

    >>> compact("de89 3704-0044 0532.0130 00")
    'DE89370400440532013000'
    """
    return re.sub(r"[\s.\-]", "", text).upper()


def fault_in_iban(text: str) -> str:
    """An account by ISO 13616: country, two check digits, the account; modulo 97 is 1.

    >>> fault_in_iban("DE89370400440532013000"), fault_in_iban("DE88370400440532013000")
    ('', 'check')
    >>> fault_in_iban("DE8937040044053201300"), fault_in_iban("40702810138250123017")
    ('form', 'form')
    """
    shaped = re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]+", text, re.ASCII)
    if not shaped or IBAN_CHARS.get(text[:2]) != len(text):
        return "form"
    return "" if _modulo_97(text[4:] + text[:4]) == 1 and text[2:4] not in _NEVER else "check"


_NEVER = ("00", "01", "99")  # check digits that the rule never gives


def fault_in_vat_id(text: str) -> str:
    """An id with the letters of its country in front (EL is Greece).

    >>> fault_in_vat_id("DE136695976"), fault_in_vat_id("DE136695978"), fault_in_vat_id("136695976")
    ('', 'check', 'form')
    """
    known = VAT_IDS.get(text[:2])
    if known is None or not re.fullmatch(known[0], text[2:], re.ASCII):
        return "form"
    return "" if known[1](text[2:]) else "check"


def _modulo_97(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97


def _weighed(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _luhn(digits: str) -> bool:
    doubled = [int(d) * (2 if n % 2 else 1) for n, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _iso_7064(digits: str) -> bool:
    """Modulo 11, 10: Germany and Croatia."""
    product = 10
    for digit in digits[:-1]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (product + int(digits[-1])) % 10 == 1


def _austria(text: str) -> bool:
    digits = text[1:]
    total = sum(sum(divmod(int(d) * (1 + n % 2), 10)) for n, d in enumerate(digits[:7]))
    return (10 - (total + 4) % 10) % 10 == int(digits[7])


def _bulgaria(text: str) -> bool:
    """Nine digits of a firm; of ten (persons) only the shape is known."""
    if len(text) == 10:
        return True
    check = _weighed(text, range(1, 9)) % 11
    if check == 10:
        check = _weighed(text, range(3, 11)) % 11 % 10
    return check == int(text[8])


def _czechia(text: str) -> bool:
    """Eight digits of a firm; of nine and ten (persons) only the shape."""
    return len(text) != 8 or (11 - _weighed(text, range(8, 1, -1)) % 11) % 10 == int(text[7])


def _france(text: str) -> bool:
    """The SIREN by Luhn; a key of two digits by the SIREN."""
    key, siren = text[:2], text[2:]
    return _luhn(siren) and (not key.isdigit() or (12 + 3 * (int(siren) % 97)) % 97 == int(key))


def _greece(text: str) -> bool:
    return _weighed(text, [2**n for n in range(8, 0, -1)]) % 11 % 10 == int(text[8])


def _ireland(text: str) -> bool:
    total = _weighed(text[:7], range(8, 1, -1))
    if len(text) == 9 and text[8] != "W":
        total += 9 * (ord(text[8]) - ord("A") + 1)
    return _IRISH[total % 23] == text[7]


def _netherlands(text: str) -> bool:
    """Of a firm by eleven; of a sole trader (since 2020) by 97."""
    firm = _weighed(text, range(9, 1, -1)) % 11 == int(text[8])
    return firm or _modulo_97("NL" + text) == 1


def _portugal(text: str) -> bool:
    return (11 - _weighed(text, range(9, 1, -1)) % 11) % 11 % 10 == int(text[8])


def _romania(text: str) -> bool:
    digits = text.zfill(10)
    return _weighed(digits, (7, 5, 3, 2, 1, 7, 5, 3, 2)) * 10 % 11 % 10 == int(digits[9])


def _slovenia(text: str) -> bool:
    check = 11 - _weighed(text, range(8, 1, -1)) % 11
    return check != 11 and check % 10 == int(text[7])


def _spain(text: str) -> bool:
    """Persons by 23; firms by Luhn, the check a digit or a letter of its own."""
    if text[0].isdigit() or text[0] in "XYZ":
        number = text[:8].translate(str.maketrans("XYZ", "012"))
        return _SPANISH[int(number) % 23] == text[8]
    if text[0] in "KLM":
        return _SPANISH[int(text[1:8]) % 23] == text[8]
    total = sum(sum(divmod(int(d) * (2 - n % 2), 10)) for n, d in enumerate(text[1:8]))
    check = -total % 10
    return text[8] in (str(check), _SPANISH_OFFICE[check])


def _shape(_: str) -> bool:
    return True


#: Country → (shape after its letters, whether the check digits are right).
VAT_IDS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "AT": (r"U\d{8}", _austria),
    "BE": (r"[01]\d{9}", lambda n: 97 - int(n[:8]) % 97 == int(n[8:])),
    "BG": (r"\d{9,10}", _bulgaria),
    "CY": (r"\d{8}[A-Z]", _shape),
    "CZ": (r"\d{8,10}", _czechia),
    "DE": (r"[1-9]\d{8}", _iso_7064),
    "DK": (r"[1-9]\d{7}", lambda n: _weighed(n, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0),
    "EE": (r"\d{9}", lambda n: _weighed(n, (3, 7, 1) * 3) % 10 == 0),
    "EL": (r"\d{9}", _greece),
    "ES": (r"[0-9A-Z]\d{7}[0-9A-Z]", _spain),
    "FI": (r"\d{8}", lambda n: _weighed(n, (7, 9, 10, 5, 8, 4, 2, 1)) % 11 == 0),
    "FR": (r"[0-9A-HJ-NP-Z]{2}\d{9}", _france),
    "HR": (r"\d{11}", _iso_7064),
    "HU": (r"\d{8}", lambda n: _weighed(n, (9, 7, 3, 1, 9, 7, 3, 1)) % 10 == 0),
    "IE": (r"\d{7}[A-W][A-IW]?", _ireland),
    "IT": (r"\d{11}", _luhn),
    "LT": (r"\d{9}|\d{12}", _shape),
    "LU": (r"\d{8}", lambda n: int(n[:6]) % 89 == int(n[6:])),
    "LV": (r"\d{11}", _shape),
    "MT": (r"\d{8}", lambda n: 37 - _weighed(n, (3, 4, 6, 7, 8, 9)) % 37 == int(n[6:])),
    "NL": (r"\d{9}B\d{2}", _netherlands),
    "PL": (r"\d{10}", lambda n: _weighed(n, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(n[9])),
    "PT": (r"[1-9]\d{8}", _portugal),
    "RO": (r"[1-9]\d{1,9}", _romania),
    "SE": (r"\d{10}01", lambda n: _luhn(n[:10])),
    "SI": (r"[1-9]\d{7}", _slovenia),
    "SK": (r"[1-9]\d{9}", lambda n: int(n) % 11 == 0),
}
