"""The collector as a server wants it: what was loaded is left alone, cycles still go."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from web import memory


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_was_loaded_is_left_alone_and_cycles_still_go(collector: None) -> None:
    memory.settle()
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold()[0] == memory.YOUNG
    seen = weakref.ref(Knot())
    kept = [Knot() for _ in range(memory.YOUNG + 1)]
    assert seen() is None, "the young were looked through without being asked"
    assert len(kept) > memory.YOUNG
