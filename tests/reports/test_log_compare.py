"""A file's checkpoint against the published one: grown, older, rewritten, of another key."""

import pytest

from reports.checkpoints import Checkpoint
from reports.inclusion import Included
from reports.log_compare import compared, not_compared, nothing_to_compare, sizes
from reports.log_key import LogKey
from reports.merkle import consistency_spans, hashes
from tests.reports.test_checkpoints import KEY, SEAL
from tests.reports.test_merkle import tree

SAME = [b"entry %d" % n for n in range(9)]
OTHER = [*SAME[:2], b"another", *SAME[3:]]


def note_of(entries: list[bytes], size: int, key: LogKey = KEY) -> str:
    return key.note(size, hashes([(0, size)], tree(entries))[0])


def path_of(entries: list[bytes], old: int, new: int) -> list[str]:
    return [one.hex() for one in hashes(consistency_spans(old, new), tree(entries))]


def included(size: int) -> Included:
    root = hashes([(0, size)], tree(SAME))[0]
    return Included(2, Checkpoint(KEY.public.name, size, root), KEY.public)


def test_a_log_that_grew_goes_on_from_the_file() -> None:
    note = note_of(SAME, 9)
    assert sizes(included(5), note) == (5, 9)
    found = compared(included(5), note, path_of(SAME, 5, 9))
    assert (found.good, found.en) == (True, "the log of 9 goes on from that of 5 in the file")
    assert compared(included(9), note, []).good is True


def test_a_log_that_was_cut_back_is_still_a_beginning() -> None:
    """Published late, the checkpoint is older than the file's: that is no fault."""
    assert compared(included(9), note_of(SAME, 5), path_of(SAME, 5, 9)).good is True


@pytest.mark.parametrize("path", [path_of(OTHER, 5, 9), path_of(SAME, 5, 9), [], ["00" * 32]])
def test_a_log_with_another_history_is_named(path: list[str]) -> None:
    found = compared(included(5), note_of(OTHER, 9), path)
    assert (found.good, found.where) == (False, "consistency")
    assert compared(included(9), note_of(OTHER, 9), []).good is False


def test_what_cannot_be_compared_is_not_called_changed() -> None:
    other = LogKey.of_seal(SEAL, "another/log")
    assert compared(included(5), note_of(SAME, 9, other), []).good is None
    assert compared(included(5), "hello", []).where == "checkpoint"
    assert compared(included(5), note_of(SAME, 9), ["zz"]).good is False
    assert not_compared("timed out").good is None
    assert nothing_to_compare().good is None
