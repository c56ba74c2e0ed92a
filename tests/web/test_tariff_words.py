"""A tariff in words: everything that it says and nothing that it does not."""

from dataclasses import replace

from metering import AtCeiling, Rounding, Rule, Segment, Window, client_pays_tariff
from metering import host_pays_tariff as host_pays
from web.tariff_words import tariff_words, time_text

GAP = "\u00a0"


def said(tariff: object, locale: str = "en") -> dict[str, str]:
    return dict(tariff_words(tariff.to_json(), locale))  # type: ignore[attr-defined]


def test_the_plans_as_first_published() -> None:
    paid = said(client_pays_tariff())
    assert paid["Price"] == f"20.00{GAP}₽ per minute"
    assert paid["If it is resolved"] == f"90{GAP}% to the consultant, 10{GAP}% to the platform"
    assert (paid["If it is not"], paid["Time to say so"]) == (
        f"80{GAP}% comes back to the client",
        "72 hours",
    )
    assert not {"At most", "At least", "Rounding", "Costs nothing"} & set(paid)
    assert "If it is resolved" not in said(host_pays())
    assert said(host_pays(), "ru")["Кто платит"] == "консультант; для клиента бесплатно"


def test_everything_that_a_plan_may_say() -> None:
    tariff = replace(
        client_pays_tariff(),
        segments=(Segment(0, 500, 30, 30), Segment(180, 900, 60, 6)),
        connect_fee=50_00,
        grace_seconds=15,
        free_seconds=300,
        free_increment_seconds=60,
        min_charge=60_00,
        max_charge=600_00,
        max_charge_strategy=AtCeiling.DISCONNECT,
        rounding=Rounding(Rule.HALF_UP, 100),
    )
    told = said(tariff)
    assert told["Price"] == (
        f"5.00{GAP}₽ / 30{GAP}seconds; from 3:00 on 9.00{GAP}₽ per minute, in steps: 6{GAP}seconds"
    )
    assert told["For the connection, once"] == f"50.00{GAP}₽"
    assert told["Costs nothing"] == "a session up to 0:15"
    assert told["Free at the beginning"] == f"5{GAP}minutes"
    assert told["At least"] == f"60.00{GAP}₽"
    assert told["At most"] == f"600.00{GAP}₽, then the session ends"
    assert told["Rounding"] == f"the total, once, to the nearest 1.00{GAP}₽"
    free = replace(tariff, max_charge_strategy=AtCeiling.FREE, rounding=Rounding(Rule.UP, 1))
    assert said(free)["At most"] == f"600.00{GAP}₽, then the time is free"
    assert said(free)["Rounding"] == f"the total, once, up to 0.01{GAP}₽"
    down = replace(tariff, rounding=Rounding(Rule.DOWN, 10))
    assert said(down)["Rounding"] == f"the total, once, down to 0.10{GAP}₽"


def test_who_may_pause_is_said_where_not_both_may() -> None:
    assert "Pause" not in said(client_pays_tariff())
    one = said(replace(client_pays_tariff(), pause_by="client"), "ru")
    assert one["Пауза"] == "По тарифу на паузу ставит только клиент"
    assert one["Самая долгая пауза"] == "15\u00a0минут"
    nobody = said(replace(client_pays_tariff(), pause_by="nobody"))
    assert nobody["Pause"] == "By this tariff nobody pauses"
    assert "Longest pause" not in nobody


def test_windows_have_their_times() -> None:
    minute = (Segment(0, 2000, 60, 60),)
    night = replace(minute[0], rate=3000)
    every = tuple(range(1, 8))
    tariff = replace(
        client_pays_tariff(),
        segments=(),
        timezone="Europe/Moscow",
        windows=(
            Window((1, 5), 8 * 3600, 20 * 3600, None, 1, 50_00, minute),
            Window(every, 0, 24 * 3600, ("12-31",), 2, 0, (night,)),
            Window(every, 20 * 3600, 8 * 3600, None, 0, 0, (night,)),
            Window(every, 8 * 3600, 20 * 3600, None, 0, 0, (night,)),
        ),
    )
    told = said(tariff)
    assert told["Mon, Fri 08:00–20:00, Europe/Moscow"] == (
        f"20.00{GAP}₽ per minute; 50.00{GAP}₽ for the connection, once"
    )
    assert told["31.12 00:00–24:00, Europe/Moscow"] == f"30.00{GAP}₽ per minute"
    assert "20:00–08:00, Europe/Moscow" in told


def test_times_by_their_largest_whole_unit() -> None:
    assert [time_text(s, "en") for s in (0, 90, 120, 7200)] == [
        f"0{GAP}seconds",
        f"90{GAP}seconds",
        f"2{GAP}minutes",
        "2 hours",
    ]
