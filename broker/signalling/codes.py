"""Every code that `error` and `bye` may carry, with its sentence in both languages.

`action` tells the browser what to do: nothing, open a new socket with its resume key, or load the
room page again. Codes never change their meaning; docs/signalling.md lists them.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Code:
    action: Literal["none", "resume", "rejoin"]
    ru: str
    en: str


_SHAPE = "Сообщение не понято. Обновите страницу", "The message was not understood. Reload the page"

ERRORS: dict[str, Code] = {
    "too_large": Code("none", "Сообщение слишком большое", "The message is too large"),
    "bad_json": Code("none", *_SHAPE),
    "not_an_object": Code("none", *_SHAPE),
    "duplicate_field": Code("none", *_SHAPE),
    "too_deep": Code("none", *_SHAPE),
    "unknown_type": Code("none", *_SHAPE),
    "missing_field": Code("none", *_SHAPE),
    "wrong_type": Code("none", *_SHAPE),
    "wrong_value": Code("none", *_SHAPE),
    "out_of_range": Code("none", *_SHAPE),
    "bad_text": Code(
        "none", "В тексте есть недопустимые знаки", "The text has characters we refuse"
    ),
    "too_long": Code("none", "Текст слишком длинный", "The text is too long"),
    "empty_text": Code("none", "Сообщение пустое", "The message is empty"),
    "stale_generation": Code(
        "none", "Соединение уже заменено новым", "A newer connection took over"
    ),
    "already_greeted": Code("none", *_SHAPE),
    "slow_down": Code(
        "none", "Слишком много сообщений. Подождите", "Too many messages. Wait a moment"
    ),
    "wrong_state": Code("none", "Сейчас это сделать нельзя", "That can't be done now"),
    "not_yours": Code(
        "none", "Это может сделать только другая сторона", "Only the other side can do it"
    ),
    "pause_forbidden": Code(
        "none", "По тарифу эта сторона не ставит на паузу", "By the tariff this side can't pause"
    ),
    "insufficient_funds": Code(
        "none", "Не хватает денег на первую минуту", "There isn't enough for the first minute"
    ),
    "cap_too_low": Code(
        "none", "Этого не хватит на первую минуту", "That is less than the first minute costs"
    ),
    "bad_input": Code(
        "none", "Так не получится. Исправьте и повторите", "That won't do. Correct it"
    ),
    "chat_conflict": Code("none", "Сообщение уже отправлено", "That line was sent already"),
    "bad_mark": Code("none", "Такую пометку не нарисовать", "Such a mark can't be drawn"),
    "not_shown": Code("none", "Этот экран уже не показывают", "That screen is not shown any more"),
    "consent_outdated": Code(
        "rejoin", "Текст согласия изменился. Обновите страницу", "The text has changed. Reload"
    ),
    "recording_unknown": Code("none", "Сейчас записывать не предлагают", "Nobody asks to record"),
    "call_unknown": Code(
        "none",
        "По этому адресу звать некого: нужен консультант с учётной записью",
        "Nobody of that address can be called: it takes a consultant with an account",
    ),
    "call_over": Code("none", "Этот вызов уже закончен", "That call is over already"),
    "company_full": Code("none", "Больше никого не позвать", "Nobody else can be called"),
    "not_told_yet": Code(
        "none", "Клиент ещё не знает, что вас позвали", "The client has not been told yet"
    ),
    "bad_key": Code("none", "Ключ подписи не принят", "The signing key was not accepted"),
    "key_changed": Code(
        "none",
        "У этой стороны в сеансе уже есть другой ключ",
        "This side has another key in the session already",
    ),
    "receipt_unknown": Code("none", "Такой квитанции нет", "There is no such receipt"),
    "bad_signature": Code(
        "none", "Подпись не от этой минуты или не этим ключом", "Not this minute's signature or key"
    ),
    "already_signed": Code("none", "Минута уже подписана", "The minute is signed already"),
    "session_unknown": Code("rejoin", "Такого сеанса нет", "There is no such session"),
    "bad_offer": Code(
        "none", "Браузер предложил то, чего сервис не передаёт", "The offer can't be carried"
    ),
    "no_room": Code("none", "Сеанс уже закрыт", "The session is closed already"),
    "room_full": Code("none", "В сеансе больше нет мест", "The session has no seat left"),
    "no_port": Code(
        "none", "У сервера нет свободной линии. Повторяем", "The server has no free line. Trying"
    ),
    "no_candidates": Code(
        "none",
        "Браузер не назвал адреса для связи. Проверьте VPN и расширения",
        "The browser gave no address to reach it. Check VPN and extensions",
    ),
    "ice_failed": Code(
        "none", "Звук и экран не проходят через вашу сеть", "Your network stops sound and screen"
    ),
    "dtls_failed": Code(
        "none", "Защищённая связь не установилась", "The secure connection broke off"
    ),
    "wrong_certificate": Code(
        "none", "Связь подменили по пути. Смените сеть", "The link was tampered with on its way"
    ),
    "timed_out": Code("none", "Связь не установилась вовремя", "Connecting took too long"),
    "turn_refused": Code(
        "resume", "Сервер обхода не принял пропуск. Повторяем", "TURN refused us. Trying again"
    ),
    "turn_unreachable": Code(
        "none", "Ваша сеть не пускает к серверу обхода", "Your network blocks the TURN server"
    ),
    "media_refused": Code("none", "Соединение не принято", "The connection was not accepted"),
    "too_busy": Code("resume", "Сервер занят. Повторяем", "The server is busy. Trying again"),
    "internal": Code(
        "none", "Ошибка на нашей стороне. Сеанс идёт", "Our fault. The session goes on"
    ),
}

BYES: dict[str, Code] = {
    "hello_expected": Code("rejoin", *_SHAPE),
    "hello_late": Code("resume", "Связь не установлена вовремя", "The connection took too long"),
    "version_unsupported": Code(
        "rejoin", "Страница устарела. Обновите её", "This page is outdated. Reload it"
    ),
    "ticket_needed": Code("rejoin", *_SHAPE),
    "ticket_refused": Code(
        "rejoin", "Пропуск устарел. Обновите страницу", "The ticket is stale. Reload"
    ),
    "resume_refused": Code(
        "rejoin", "Связь не восстановить. Обновите страницу", "The link can't be resumed. Reload"
    ),
    "replaced": Code("none", "Сеанс открыт в другом окне", "The session is open in another window"),
    "too_many_errors": Code("rejoin", *_SHAPE),
    "too_slow": Code("resume", "Сеть не успевает. Повторяем", "The network lags. Trying again"),
    "sent_away": Code("none", "Вас больше не ждут в сеансе", "You were asked to leave the session"),
    "ended": Code("none", "Сеанс завершён", "Session ended"),
    "going_away": Code(
        "resume", "Сервер обновляется. Повторяем", "The server restarts. Trying again"
    ),
}

CODES: dict[str, Code] = ERRORS | BYES


def words(code: str, locale: str = "en") -> str:
    """The sentence of a code; an unknown code is our own fault and says so.

    >>> words("replaced", "en")
    'The session is open in another window'
    """
    found = CODES.get(code, CODES["internal"])
    return found.ru if locale == "ru" else found.en
