"""What a node remembers of seconds that it left for another's meter."""

from metering.told import TOLD_S, Told


def test_runs_are_put_together_by_session() -> None:
    told = Told()
    told.add("S-1", ((10, 12),))
    told.add("S-1", ((12, 14), (20, 21)))
    told.add("S-2", ((5, 6),))
    assert told.of("S-1") == ((10, 14), (20, 21))
    assert told.of("S-3") == ()


def test_old_ones_are_forgotten() -> None:
    told = Told()
    told.add("S-1", ((10, 12), (20, 21)))
    told.add("S-2", ((5, 6),))
    told.forget(TOLD_S + 12)
    assert told.runs == {"S-1": ((10, 12), (20, 21))}
    told.forget(TOLD_S + 13)
    assert told.runs == {"S-1": ((20, 21),)}
    told.forget(TOLD_S + 22)
    assert told.runs == {}
