"""The words of a session's protocol and act, Russian and English side by side. Pure.

Russian paper carries short English glosses; the English edition is English only. What people typed
and the issuer's requisites are printed as they are.
"""

from dataclasses import dataclass

from reports import wording

#: What hangs at the left of a section.
SECTIONS = {
    "strip": ("Минуты", "Minutes"),
    "parties": ("Стороны", "Parties"),
    "also": ("Также присутствовали", "Also present"),
    "session": ("Сеанс", "Session"),
    "pauses": ("Паузы", "Pauses"),
    "charges": ("Начисления", "Charges"),
    "decision": ("Решение", "Outcome"),
    "split": ("Распределение", "Split"),
    "reviews": ("Отзывы", "Reviews"),
    "recording": ("Запись сеанса", "Recording"),
    "log": ("Поминутный журнал", "Minute log"),
    "seal": ("Печать платформы", "Seal"),
    "supplier": ("Исполнитель", "Supplier"),
    "customer": ("Заказчик", "Customer"),
    "basis": ("Основание", "Basis"),
}
WORDS = {
    "protocol": ("Протокол сеанса", "Session protocol"),
    "act": ("Акт об оказании услуг", "Certificate of services"),
    "under_protocol": ("Session protocol, сеанс {n}", "Session {n}"),
    "under_act": ("Certificate of services, сеанс {n}", "Session {n}"),
    "of": ("от {day}", "of {day}"),
    "correction": (", исправление\u00a0{n}", ", correction\u00a0{n}"),
    "issued": (
        "Составлен {day}, {time} {zone}, редакция\u00a0{n}",
        "Issued {day}, {time} {zone}, revision\u00a0{n}",
    ),
    "replaces": (
        "Заменяет редакцию\u00a0{n} от {day}, SHA-256 файла {sha}…",
        "Replaces revision\u00a0{n} of {day}, SHA-256 of the file {sha}…",
    ),
    "check": ("Проверить / Verify", "Verify"),
    # figures
    "elapsed": ("Длительность / elapsed", "Elapsed"),
    "billable": ("Оплачивается / billable", "Billable"),
    "host_rate": ("Ставка консультанта / rate", "Consultant's rate"),
    "due": ("К оплате консультанту / due", "Due to the consultant"),
    "rate": ("Ставка за минуту / rate", "Rate per minute"),
    "charged": ("Начислено / charged", "Charged"),
    "refunded": ("Возвращено / refunded", "Refunded"),
    "vat": ("НДС / VAT", "VAT"),
    "no_vat": ("без НДС", "no VAT"),
    "quantity": ("Минут / minutes", "Minutes"),
    "time": ("Время / time", "Time"),
    "total": ("Всего / total", "Total"),
    # the strip
    "paid": ("оплачено", "paid"),
    "pause": ("пауза", "pause"),
    "lost": ("нет связи", "no connection"),
    "free": ("бесплатно", "free"),
    "not_billed": ("{state}, не оплачено", "{state}, not billed"),
    "never_met": (
        "Счётчик не запускался: обе стороны не были на связи.",
        "The clock did not start: the two sides were never connected together.",
    ),
    "short_gaps": (
        "Ещё {n} {gaps} медиа, всего {time}: не оплачены",
        "Also {n} short {gaps} in media, {time} together: not billed",
    ),
    # parties and session
    "client": ("Клиент / client", "Client"),
    "host": ("Консультант / consultant", "Consultant"),
    "platform": ("Платформа / platform", "Platform"),
    "pays": ("платит за минуты", "pays for the minutes"),
    "pays_not": ("за связь не платит", "does not pay for the connection"),
    "begin": ("Начало / started", "Started"),
    "end": ("Конец / ended", "Ended"),
    "zone": ("Часовой пояс / time zone", "Time zone"),
    "plan": ("Тарифный план / plan", "Plan"),
    "rounding": ("Округление / rounding", "Rounding"),
    "reason": ("Завершение / end reason", "End reason"),
    "topic": ("Тема / topic", "Topic"),
    "result": ("Результат / result", "Result"),
    "not_started": ("счётчик не запускался", "the clock did not start"),
    "whole_minute": ("начатая минута — целая", "a begun minute counts whole"),
    "step": ("шаг {time}", "steps of {time}"),
    # pauses
    "clock_stood": ("{why}, счётчик стоял", "{why}, the clock stood"),
    "no_clock": ("Счётчик не запускался.", "The clock did not start."),
    "short_only": (
        "Без пауз; коротких пропусков медиа {n}, всего {time}.",
        "No pauses; short gaps in media: {n}, {time} together.",
    ),
    "unbroken": (
        "Без пауз: связь и медиапоток не прерывались.",
        "No pauses: connection and media were never interrupted.",
    ),
    # charges and split
    "connection": (
        "Услуга связи, платит консультант платформе",
        "Connection, the consultant pays the platform",
    ),
    "consultation": ("Консультация", "Consultation"),
    "promo_kept": ("Из удержанного оплачено промокредитом", "Of what is kept, by promo credit"),
    "owes": ("Клиент должен консультанту", "The client owes the consultant"),
    "outside": (
        "Для собственного счёта консультанта; через платформу эти деньги не проходят.",
        "For the consultant's own invoice; this money does not pass through the platform.",
    ),
    "to_host": ("Консультант: {name}", "Consultant: {name}"),
    "to_platform": ("Платформа: {name}", "Platform: {name}"),
    "to_client": ("Возвращено клиенту", "Returned to the client"),
    "to_escrow": ("Хранится до решения клиента", "Held until the client decides"),
    "outcome": ("Решение клиента: {what}", "The client's decision: {what}"),
    "silence": (
        " до {day}, молчание означает «решено»",
        " until {day}; silence means “resolved”",
    ),
    "quote": ("«{text}»", "“{text}”"),
    # reviews
    "no_comment": ("без комментария", "no comment"),
    "scores": (
        "качество {q} · пунктуальность {p} · вежливость {c}",
        "quality {q} · punctuality {p} · courtesy {c}",
    ),
    # colleagues
    "colleague": ("консультант, позван коллегой", "consultant called in by a colleague"),
    "observer": ("наблюдатель", "observer"),
    "with_both": (
        "{who}: с клиентом {client}, с консультантом {host}",
        "{who}: with the client {client}, with the consultant {host}",
    ),
    # recordings
    "recorded": ("Записано с {begin}{end}", "Recorded from {begin}{end}"),
    "until": (" до {end}", " to {end}"),
    "agreed": (
        "Согласились: {who}; текст согласия {text}",
        "Agreed: {who}; text of consent {text}",
    ),
    "not_recorded": ("Не записано {times}: {why}", "Not recorded {times}: {why}"),
    "sha_of_file": ("SHA-256 файла {sha}", "SHA-256 of the file {sha}"),
    "no_file": ("Файла нет: записывать было нечего", "No file: there was nothing to record"),
    "file_soon": ("Файл готовится", "The file is being made"),
    "disk_full": ("на диске сервера не было места", "the server's disk was full"),
    "disk_failed": ("сбой диска сервера", "the server's disk failed"),
    "too_slow": ("диск сервера не успевал", "the server's disk was too slow"),
    "relay_lost": (
        "связь переходила на другой процесс сервера",
        "the connection moved to another process of the server",
    ),
    "not_here": ("медиасервер не ведёт запись", "the media server does not record"),
    # the minute log
    "log_note": (
        "Секунды — сколько секунд минуты ретранслятор видел обе стороны; квитанция — первые 16 "
        "знаков хеша минутной квитанции",
        "Seconds: how many of the minute's the relay saw both sides; receipt: the first 16 "
        "characters of the hash of the minute's receipt",
    ),
    "started": ("Начало", "Began"),
    "seconds": ("Секунд", "Seconds"),
    "receipt": ("Квитанция", "Receipt"),
    # seal
    "certificate": ("Сертификат", "Certificate"),
    "signature_kind": ("Подпись", "Signature"),
    "sealed_at": ("Запечатан", "Sealed"),
    "attached": ("SHA-256 вложения session.json", "SHA-256 of the attachment session.json"),
    "head": ("Голова цепочки событий сеанса", "Head of the session's chain of events"),
    "how": (
        "Проверка: 1) откройте код с первого листа; 2) сверьте 16 знаков внизу листов; "
        "3) без сети: minuta verify ФАЙЛ. Подпись усиленная неквалифицированная; все данные "
        "страниц лежат в файле, во вложении session.json.",
        "To check: 1) open the code on the first page; 2) compare the 16 characters at the foot "
        "of the pages; 3) offline: minuta verify FILE. The signature is advanced, not qualified; "
        "all data of the pages are in the file, attached as session.json.",
    ),
    # the act
    "no": ("№", "No."),
    "date": ("Дата", "Date"),
    "service": ("Услуга", "Service"),
    "minutes": ("Минут", "Minutes"),
    "quantity_sold": ("Время", "Time"),
    "min": ("мин", "min"),
    "price": ("Цена, {sign}", "Price, {sign}"),
    "price_of_minute": ("Цена минуты, {sign}", "Price a minute, {sign}"),
    "sum": ("Сумма, {sign}", "Sum, {sign}"),
    "own_service": ("Услуга связи для удалённого сеанса", "Connection for a remote session"),
    "help_service": ("Удалённая консультация", "Remote consultation"),
    "back": (
        "Возвращено заказчику: результат «не решено»",
        "Returned to the customer: the outcome is “unresolved”",
    ),
    "as_host": ("консультант в сеансе {n}", "consultant of session {n}"),
    "as_client": ("клиент в сеансе {n}", "client of session {n}"),
    "helped": ("Получатель помощи: {name}", "Helped: {name}"),
    "helper": ("Консультант: {name}", "Consultant: {name}"),
    "subtotal": ("Итого", "Subtotal"),
    "vat_row": ("НДС", "VAT"),
    "vat_at": ("в том числе НДС {rate}", "including VAT {rate}"),
    "grand_total": ("Всего", "Total"),
    "services": ("Оказано услуг: 1, {time}, на сумму", "Services: 1, {time}, for the sum of"),
    "promo": (
        "Из них промокредитом {promo}, деньгами {paid}",
        "Of this, {promo} by promo credit, {paid} by money",
    ),
    "free_ground": ("Без НДС: {ground}", "No VAT: {ground}"),
    "agent": (
        "НДС исчислен с вознаграждения платформы как агента, {base}: {rule}",
        "VAT is reckoned on the platform's fee as an agent, {base}: {rule}",
    ),
    "principal": (
        "НДС исчислен внутри цены: {rule}",
        "VAT is reckoned inside the price: {rule}",
    ),
    "unresolved": (
        "Заказчик сообщил, что вопрос не решён: удержано {kept} начисленного, {back} возвращено "
        "на его лицевой счёт. Услуги приняты в указанном объёме.",
        "The customer declared that the matter was not resolved: {kept} of the charge is kept, "
        "{back} was returned to the customer's account. The services are accepted as listed.",
    ),
    "remark": (" Замечание заказчика: «{text}».", " The customer's remark: “{text}”."),
    "open": (
        "До {day} заказчик вправе заявить, что вопрос не решён; тогда будет составлено "
        "исправление. В остальном услуги оказаны в полном объёме, претензий нет.",
        "Until {day} the customer may declare that the matter was not resolved; then a correction "
        "follows. Otherwise the services were rendered in full, without claims.",
    ),
    "accepted": (
        "Услуги оказаны в полном объёме и в срок, стороны претензий друг к другу не имеют.",
        "The services were rendered in full and on time; neither side has claims.",
    ),
    "proved": (
        " Минуты подтверждены протоколом сеанса и вложенным журналом событий.",
        " The minutes are proved by the session protocol and the attached journal of events.",
    ),
    "sealed_by": ("электронная печать", "electronic seal"),
    "sign_here": ("подпись", "signature"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language: `say("issued", day=…)`, `say.money(78000, "RUB")`."""

    english: bool = False

    def __call__(self, key: str, **facts: object) -> str:
        return WORDS[key][self.english].format(**facts)

    @property
    def locale(self) -> str:
        return "en" if self.english else "ru"

    def section(self, key: str) -> tuple[str, str]:
        """Name of a section and the line under it."""
        ru, en = SECTIONS[key]
        return (en, "") if self.english else (ru, en)

    def code(self, known: dict[str, tuple[str, str]], code: str) -> str:
        """The words of a code of another room; what is not known is printed as it is."""
        return known.get(code, (code, code))[self.english]

    def money(self, minor: int, currency: str) -> str:
        return wording.money(minor, currency, self.english)

    def figure(self, minor: int) -> str:
        return wording.figure(minor, self.english)

    def minutes(self, n: int) -> str:
        return wording.minutes(n, self.english)

    def duration(self, seconds: int) -> str:
        return wording.duration(seconds, self.english)

    def percent(self, basis_points: int) -> str:
        return wording.percent(basis_points, self.english)
