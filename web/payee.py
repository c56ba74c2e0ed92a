"""Who is paid by bank transfer: the platform's requisites, from a file or of the example."""

import json
from functools import cache
from pathlib import Path

from ledger.bank import Payee, Requisites
from web.settings import BadSettings, Settings

VARIABLE = "MINUTA_BANK_FILE"
# A bank that does not exist, so that nobody pays a demonstration.
EXAMPLE = Payee(
    Requisites(
        name="ООО «Минута»",
        inn="7799123455",
        kpp="779901001",
        account="40702810600000012345",
        bank="Банк «Образец»",
        bik="044525999",
        correspondent="30101810845250000999",
    ),
    vat_line="НДС не облагается",
)


def payee_of(settings: Settings) -> Payee | None:
    """None where production names no account: then there are no invoices. Raises: BadSettings."""
    if settings.bank_file is not None:
        return _read(settings.bank_file)
    return None if settings.production else EXAMPLE


@cache
def _read(file: Path) -> Payee:
    try:
        given = json.loads(file.read_text("utf-8"))
        texts = {str(name): str(value) for name, value in given.items()}
        vat_line = texts.pop("vat_line", EXAMPLE.vat_line)
        payee = Payee(Requisites(**texts), vat_line)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BadSettings(VARIABLE, str(error)) from error
    faults = payee.requisites.faults()
    if faults:
        raise BadSettings(VARIABLE, ", ".join(f"{name}: {why}" for name, why in faults.items()))
    return payee
