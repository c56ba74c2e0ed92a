"""The numbers and lists of pointers and marks are held by the codec."""

import pytest

from broker.signalling import ProtocolError, parse, pointing
from tests.broker.signalling.builders import frame


def test_the_edges_of_the_picture_are_on_it() -> None:
    edge = pointing.PLACE_MAX
    for x, y in ((0, 0), (edge, edge)):
        found = parse(frame("pointer", source="s", x=x, y=y))
        assert found == pointing.Pointer("s", pointing.Place(x), pointing.Place(y))


def test_a_pointer_that_goes_needs_no_place() -> None:
    assert parse(frame("pointer", source="s", hidden=True)) == pointing.Pointer("s", hidden=True)


def test_the_longest_line_fits_into_a_frame() -> None:
    points = [[pointing.PLACE_MAX, pointing.PLACE_MAX]] * pointing.POINTS_MAX
    line = {"id": "i" * 64, "source": "s" * 64, "shape": "pen", "points": points, "color": 5}
    found = parse(frame("mark", **line))
    assert isinstance(found, pointing.Mark)
    assert len(found.points) == pointing.POINTS_MAX
    with pytest.raises(ProtocolError, match="too_long"):
        parse(frame("mark", **line | {"points": [*points, [0, 0]]}))
