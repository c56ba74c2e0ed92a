"""The part of a protocol about recordings: consent, span, hash of the file, what is missing."""

from reports.documents import SessionProtocol
from reports.page_parts import moment
from reports.pdf import BOTTOM, Sheet, col, span
from reports.recordings import Recorded, recorded
from reports.wording import SIDES

X = col(4)
REASONS = {
    "disk_full": "на диске сервера не было места",
    "disk_failed": "сбой диска сервера",
    "too_slow": "диск сервера не успевал",
    "relay_lost": "связь переходила на другой процесс сервера",
    "not_here": "медиасервер не ведёт запись",
}


def recordings(sheet: Sheet, y: float, protocol: SessionProtocol) -> float:
    """Nothing where nothing was recorded: papers of such sessions stay as they were."""
    found = recorded(protocol.facts.record)
    if not found:
        return y
    y = sheet.section(y, "Запись сеанса", "Recording", keep=60)
    for one in found:
        for text, style in _lines(protocol, one):
            y = y if y + 12 <= BOTTOM else sheet.continued()
            y = sheet.flow(X, y, span(9), text, style)
        y += 6
    return y + 2


def _lines(protocol: SessionProtocol, one: Recorded) -> list[tuple[str, str]]:
    zone = protocol.issuer.zone
    assert one.begin is not None
    end = f" до {moment(one.end, zone)}" if one.end else ""
    lines = [(f"Записано с {moment(one.begin, zone)}{end}", "body")]
    agreed = ", ".join(
        f"{SIDES.get(side, (side,))[0]} {at.astimezone(zone):%H:%M:%S}" for side, at in one.agreed
    )
    lines.append((f"Согласились: {agreed}; текст согласия {one.text}", "label"))
    for since, until, reason in one.gaps:
        times = f"{since.astimezone(zone):%H:%M:%S}–{until.astimezone(zone):%H:%M:%S}"
        lines.append((f"Не записано {times}: {REASONS.get(reason, reason)}", "label"))
    if one.sha256:
        lines.append((f"SHA-256 файла {one.sha256}", "label"))
    else:
        lines.append(
            ("Файла нет: записывать было нечего" if one.lost else "Файл готовится", "label")
        )
    return lines
