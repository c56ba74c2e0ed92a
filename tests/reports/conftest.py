"""One seal for the whole run: making keys is the slow part."""

from pathlib import Path

import pytest

from reports import Sealer, development_sealer
from tests.reports.builders import ISSUED


@pytest.fixture(scope="session")
def sealer(tmp_path_factory: pytest.TempPathFactory) -> Sealer:
    return development_sealer(Path(tmp_path_factory.mktemp("seal")), ISSUED)
