"""Event to letter: who is told what, written in the same transaction, sent by the web's courier.

    login_code(db, email, code, locale, at)
    session_invited(db, invite_id, email, url, locale, at)
    session_ended(db, number, time, {"host": cost, "client": cost}, url, at) -> new letters
    document_ready(db, number, document, url, at) -> new letters
    confirmation_code(db, email, code, locale, at)
    dispute_told(db, dispute, {locale: until}, url, at) -> new letters
    ruling_made(db, number, ruling, {"host": facts, "client": facts}, url, at) -> new letters
    money_told(db, key, party, kind, at, **facts) -> whether it is new
    month_ready(db, key, party, month, [line], at) -> whether it is new
    outbox(db, limit, newest=False) -> [Letter] ; mark_sent(db, id, at)
    forget(db, email, at)

Of OPTIONAL kinds nobody gets a letter who said so.

One occasion is one letter: its natural key is unique. Guests have no address and get none.
"""

from broker.notices.errors import BadLetter, NoticesError
from broker.notices.letters import OPTIONAL as OPTIONAL
from broker.notices.letters import Letter
from broker.notices.verbs import (
    confirmation_code,
    dispute_told,
    document_ready,
    login_code,
    mark_sent,
    money_told,
    outbox,
    ruling_made,
    session_ended,
    session_invited,
)
from broker.notices.verbs import forget as forget
from broker.notices.verbs_papers import month_ready

__all__ = [
    "BadLetter",
    "Letter",
    "NoticesError",
    "confirmation_code",
    "dispute_told",
    "document_ready",
    "login_code",
    "mark_sent",
    "money_told",
    "month_ready",
    "outbox",
    "ruling_made",
    "session_ended",
    "session_invited",
]
