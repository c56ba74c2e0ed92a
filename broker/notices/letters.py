"""The texts of letters in both languages, and a letter as a value. Nobody is told secrets twice:
a login code is the only one, and it lives ten minutes."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from broker.notices.arbitration import DISPUTES, RULINGS
from broker.notices.errors import BadLetter
from broker.notices.money import MONEY
from broker.notices.papers import PAPERS

SUBJECT_CHARS_MAX = 200
TEXT_CHARS_MAX = 10_000
ADDRESS_CHARS_MAX = 254
LOCALES = ("ru", "en")
# What can be read on the pages as well; codes, money and disputes are told whatever is preferred.
OPTIONAL = ("session_ended", "document_ready")


class Text(NamedTuple):
    """Templates with named gaps."""

    subject: str
    body: str


LETTERS: dict[str, dict[str, Text]] = {
    "login_code": {
        "ru": Text(
            "Код для входа: {code}",
            "Ваш код для входа в Minuta: {code}\n\n"
            "Он действует 10 минут. Если вы не входили, просто удалите это письмо.\n",
        ),
        "en": Text(
            "Your login code: {code}",
            "Your code for Minuta: {code}\n\n"
            "It works for 10 minutes. If you didn't ask for it, just delete this letter.\n",
        ),
    },
    "confirmation_code": {
        "ru": Text(
            "Код подтверждения: {code}",
            "Вы меняете важное в аккаунте: счёт для выплат, ключи входа или сам аккаунт.\n\n"
            "Код подтверждения: {code}\n\n"
            "Он действует 10 минут. Если это не вы, никому его не говорите: без кода ничего "
            "не изменится.\n",
        ),
        "en": Text(
            "Confirmation code: {code}",
            "You are changing what matters: the account for payouts, passkeys or the account "
            "itself.\n\nYour confirmation code: {code}\n\n"
            "It works for 10 minutes. If it was not you, tell nobody: without the code everything "
            "stays as it is.\n",
        ),
    },
    "session_invited": {
        "ru": Text(
            "{peer} приглашает вас на сеанс",
            "{peer} ждёт вас: {topic}\n\nВойти: {url}\n\n"
            "Ничего не нужно устанавливать. Ссылку не пересылайте: она только для вас.\n",
        ),
        "en": Text(
            "{peer} invites you to a session",
            "{peer} is waiting for you: {topic}\n\nCome in: {url}\n\n"
            "There is nothing to install. Don't pass the link on: it is yours only.\n",
        ),
    },
    "session_ended": {
        "ru": Text(
            "Сеанс {number} завершён",
            "Сеанс {number} завершён: {topic}\n\n"
            "Время: {time}\nСтоимость: {cost}\n\nИтог и оценка: {url}\n",
        ),
        "en": Text(
            "Session {number} has ended",
            "Session {number} has ended: {topic}\n\n"
            "Time: {time}\nCost: {cost}\n\nResult and review: {url}\n",
        ),
    },
    "document_ready": {
        "ru": Text(
            "Готов документ {document}",
            "Документ {document} по сеансу {number} готов и подписан.\n\n"
            "Скачать: {url}\n\nПроверить его может кто угодно.\n",
        ),
        "en": Text(
            "Document {document} is ready",
            "Document {document} of session {number} is ready and signed.\n\n"
            "Download: {url}\n\nAnyone can verify it.\n",
        ),
    },
}

LETTERS |= {
    kind: {locale: Text(*text) for locale, text in texts.items()}
    for kind, texts in (MONEY | DISPUTES | RULINGS | PAPERS).items()
}


@dataclass(frozen=True, slots=True)
class Letter:
    """`id` counts from 1 in the outbox. `key` is natural: one letter for one occasion."""

    id: int
    key: str
    kind: str
    to: str
    locale: str
    subject: str
    text: str
    at: datetime
    sent_at: datetime | None = None


def write(kind: str, locale: str, **facts: str) -> Text:
    """Subject and body; facts go in as they are, in one line each. Raises: BadLetter.

    >>> write("login_code", "en", code="123456").subject
    'Your login code: 123456'
    """
    flat = {name: " ".join(fact.split()) for name, fact in facts.items()}
    template = LETTERS[kind][locale if locale in LOCALES else LOCALES[0]]
    subject, body = template.subject.format(**flat), template.body.format(**flat)
    if len(body) > TEXT_CHARS_MAX:
        raise BadLetter("text", f"longer than {TEXT_CHARS_MAX} characters")
    return Text(subject[:SUBJECT_CHARS_MAX], body)


def check_address(address: str) -> str:
    """An address in one line: no room for a second header. Raises: BadLetter."""
    if "@" not in address or len(address) > ADDRESS_CHARS_MAX:
        raise BadLetter("to", "not an address")
    if not address.isprintable() or any(c in address for c in " ,;<>"):
        raise BadLetter("to", "not an address")
    return address
