"""A ticket opens one seat, once, within a minute."""

from datetime import UTC, datetime, timedelta

from web.tickets import LIFE, Seat, Tickets

AT = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
SEAT = Seat("S-2026-000001", "client", "anna", "ru")


def test_a_ticket_opens_its_seat_once() -> None:
    tickets = Tickets()
    ticket = tickets.issue(SEAT, AT)
    assert tickets.use(ticket, SEAT.session, AT) == SEAT
    assert tickets.use(ticket, SEAT.session, AT) is None


def test_a_ticket_is_good_for_a_minute_and_not_longer() -> None:
    tickets = Tickets()
    early, late = tickets.issue(SEAT, AT), tickets.issue(SEAT, AT)
    assert tickets.use(early, SEAT.session, AT + LIFE - timedelta(seconds=1)) == SEAT
    assert tickets.use(late, SEAT.session, AT + LIFE) is None


def test_another_sessions_ticket_moves_nothing() -> None:
    tickets = Tickets()
    ticket = tickets.issue(SEAT, AT)
    assert tickets.use(ticket, "S-2026-000002", AT) is None
    assert tickets.use(ticket, SEAT.session, AT) == SEAT


def test_an_unknown_ticket_opens_nothing() -> None:
    assert Tickets().use("made up", SEAT.session, AT) is None


def test_old_tickets_are_forgotten() -> None:
    tickets = Tickets()
    for n in range(100):
        tickets.issue(SEAT, AT + timedelta(seconds=n))
    assert len(tickets._open) <= 61
