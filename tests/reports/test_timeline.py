"""Minutes on a line: billed cells are billed minutes, gaps stand where the clock stood."""

from reports.timeline import Gap, Minute, cells_of, gaps, line, minutes, short_gaps
from tests.reports.builders import FIRST, facts


def test_billed_cells_are_billed_minutes_whatever_was_paused() -> None:
    one = facts(gaps=((1020, 300), (1640, 45)))
    assert len(minutes(one)) == 39
    shapes = [type(item) for item in line(one)]
    assert shapes.count(Minute) == 39
    assert [i for i, shape in enumerate(shapes) if shape is Gap] == [17, 29]


def test_a_pause_between_minutes_and_a_loss_inside_one() -> None:
    pause, loss = gaps(facts())
    assert (pause.state, pause.side, pause.seconds, cells_of(pause)) == ("pause", "client", 300, 5)
    assert (loss.state, loss.seconds, cells_of(loss)) == ("lost", 45, 1)
    assert (pause.begin, pause.end) == (FIRST + 1020, FIRST + 1320)


def test_the_last_minute_is_begun_not_full() -> None:
    last = minutes(facts(seconds=170, gaps=()))[-1]
    assert (last.n, last.seconds, last.second) == (3, 50, FIRST + 120)


def test_flaws_of_the_network_are_counted_not_drawn() -> None:
    one = facts(seconds=170, gaps=((30, 2), (90, 5)))
    assert short_gaps(one) == (2, 7)
    assert all(isinstance(item, Minute) for item in line(one))


def test_nothing_happened() -> None:
    one = facts(seconds=0, gaps=())
    assert list(line(one)) == []
    assert gaps(one) == ()
