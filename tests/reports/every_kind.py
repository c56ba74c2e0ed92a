"""A paper of every kind and language, long and short: whoever adds a kind adds its samples here."""

from collections.abc import Callable

from reports.press import Printable
from tests.reports import test_pdf, test_period_pdf, test_settlement_pdf

EVERY: dict[str, Callable[[], Printable]] = {
    **test_pdf.SAMPLES,
    **test_period_pdf.SAMPLES,
    **test_settlement_pdf.SAMPLES,
}
