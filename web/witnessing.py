"""The node's records of what its relay saw, a minute at a time: counted here, signed, and put among
the news. Whatever engine carries the media, the seconds it tells of are what is counted.
"""

from contextlib import suppress

from aiohttp import web

from relay import LegLink, MinuteWitnessed, NoRoom, RelayEvent, SecondWitnessed
from web.keys import ENGINE, NEWS, RECORDS

LOOK_S = 5  # at the links, so that the last minute of a room knows them too


def of(app: web.Application, event: RelayEvent) -> list[RelayEvent]:
    """What an event of the relay makes due: the record of the minute before it. In its packet path:
    a few additions, and once a minute and room a signature."""
    records = app[RECORDS]
    if not isinstance(event, SecondWitnessed):
        if event.room in records.rooms:
            records.rooms[event.room].change(event)
        return []
    if not event.legs and event.room not in records.rooms:
        return []  # nobody has come yet
    minutes, found = records.minutes(event.room), list[RelayEvent]()
    if minutes.is_over(event.second):
        found.append(records.closed(event.room))
    minutes.take(event)
    if event.second % LOOK_S == 0 and (links := _links(app, event.room)):
        records.links[event.room] = links
    return found


def last(app: web.Application, room: str) -> None:
    """A room is closed: the record of its last minute, which is not whole, is put among the news,
    where it waits however often a transaction has to be done again."""
    records = app[RECORDS]
    minutes = records.rooms.get(room)
    if minutes is not None and minutes.is_begun:
        app[NEWS].put(records.closed(room))
    records.forget(room)


def waiting(app: web.Application, room: str) -> list[RelayEvent]:
    """Seconds and records of a room that nobody has written down yet. A session takes none after
    its end: a record that is missing would break the chain of those that came after it, and seconds
    that are missing would make the time together shorter than what was paid. Both may be written
    again, unlike the other news."""
    both = (SecondWitnessed, MinuteWitnessed)
    return [one for one in app[NEWS].waiting(room) if isinstance(one, both)]


def _links(app: web.Application, room: str) -> tuple[LegLink, ...]:
    with suppress(NoRoom):
        return app[ENGINE].stats(room).links
    return ()
