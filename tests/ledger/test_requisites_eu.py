"""IBANs of the registry's examples and public ids of VAT; one digit mistyped is found."""

import pytest

from ledger.requisites_eu import IBAN_CHARS, VAT_IDS, compact, fault_in_iban, fault_in_vat_id

# Examples of the SWIFT registry, and of central banks.
IBANS = (
    "AT611904300234573201", "BE68539007547034", "CH9300762011623852957", "CZ6508000000192000145399",
    "DE89370400440532013000", "DK5000400440116243", "EE382200221020145685",
    "ES9121000418450200051332", "FI2112345600000785", "FR1420041010050500013M02606",
    "GB29NWBK60161331926819", "GR1601101250000000012300695", "HR1210010051863000160",
    "HU42117730161111101800000000", "IE29AIBK93115212345678", "IT60X0542811101000000123456",
    "KZ86125KZT5004100100", "LT121000011101001000", "LU280019400644750000",
    "LV80BANK0000435195001", "MT84MALT011000012345MTLCAST001S", "NL91ABNA0417164300",
    "PL61109010140000071219812874", "PT50000201231234567890154", "RO49AAAA1B31007593840000",
    "SE4550000000058398257466", "SI56263300012039086", "SK3112000000198742637541",
)  # fmt: skip
# Ids that the countries or their owners publish.
IDS = (
    "ATU13585627", "BE0403019261", "BG175074752", "CZ25123891", "DE136695976", "DK13585628",
    "EE100931558", "EL094259216", "ESB58378431", "ES54362315K", "ESX2482300W", "FI20774740",
    "FR40303265045", "FR23334175221", "HR33392005961", "HU12892312", "IE6433435F", "IE6433435OA",
    "IT00743110157", "LU15027442", "MT11679112", "NL004495445B01", "PL8567346215", "PT501964843",
    "RO18547290", "SE123456789701", "SI50223054", "SK2022749619",
)  # fmt: skip


@pytest.mark.parametrize("iban", IBANS)
def test_known_ibans_are_sound_and_a_mistake_is_found(iban: str) -> None:
    assert fault_in_iban(iban) == ""
    assert len(iban) == IBAN_CHARS[iban[:2]]
    for place in range(4, len(iban)):
        if iban[place].isdigit():
            wrong = iban[:place] + str((int(iban[place]) + 1) % 10) + iban[place + 1 :]
            assert fault_in_iban(wrong) == "check", wrong
    assert fault_in_iban(iban[:-1]) == "form"


@pytest.mark.parametrize("id", IDS)
def test_known_ids_are_sound_and_a_mistake_is_found(id: str) -> None:
    assert fault_in_vat_id(id) == ""
    place = next(n for n in range(4, len(id)) if id[n].isdigit())
    wrong = id[:place] + str((int(id[place]) + 1) % 10) + id[place + 1 :]
    assert fault_in_vat_id(wrong) in ("check", "form"), wrong
    assert fault_in_vat_id(id + "123456789") == "form"


def test_what_is_no_number_at_all() -> None:
    for text in ("", "DE", "XX123456789", "de136695976", "DE13669597６", "7707083893"):
        assert fault_in_vat_id(text) == "form", text
    for text in ("", "DE", "ZZ89370400440532013000", "DE89 3704", "DE8９370400440532013000"):
        assert fault_in_iban(text) == "form", text
    assert compact(" nl 0044.95445-b01 ") == "NL004495445B01"
    assert len(VAT_IDS) == 27
