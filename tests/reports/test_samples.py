"""The samples in docs/samples/ are what `make samples` writes."""

import pytest

from reports.headings import LANGUAGES
from reports.press import printed
from tests.reports.samples import FOLDER, KINDS


def test_there_is_one_of_every_kind_in_both_languages() -> None:
    wanted = {f"{kind}-{language}" for kind in KINDS for language in LANGUAGES}
    assert {path.stem for path in FOLDER.glob("*.pdf")} == wanted
    assert wanted <= {path.stem for path in FOLDER.glob("*.png")}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 6 * 1024 * 1024


@pytest.mark.parametrize(("kind", "language"), [("protocol", "ru"), ("act", "en")])
def test_the_same_bytes_come_again(kind: str, language: str) -> None:
    """A change of a layout or of the data wants `make samples` once more."""
    assert printed(KINDS[kind](language)) == (FOLDER / f"{kind}-{language}.pdf").read_bytes()
