"""The words of papers for a period, Russian and English side by side. Pure."""

from collections.abc import Callable
from datetime import date

from reports.wording import long_date

Say = Callable[..., str]

WORDS = {
    "act": ("Акт об оказании услуг", "Certificate of services"),
    "statement": ("Выписка по счёту", "Statement of account"),
    "of": ("от {day}", "of {day}"),
    "correction": (", исправление {n}", ", correction {n}"),
    "period": ("за период с {first} по {last}", "for the period from {first} to {last}"),
    "day": ("за {first}", "for {first}"),
    "issued": (
        "Составлен {day}, {time} {zone}, редакция {n}",
        "Issued {day}, {time} {zone}, revision {n}",
    ),
    "issued_f": (
        "Составлена {day}, {time} {zone}, редакция {n}",
        "Issued {day}, {time} {zone}, revision {n}",
    ),
    "replaces": (
        "Заменяет редакцию {n} от {day}, SHA-256 файла {sha}…",
        "Replaces revision {n} of {day}, SHA-256 of the file {sha}…",
    ),
    "check": ("Проверить / Verify", "Verify"),
    "sessions": ("Сеансов", "Sessions"),
    "minutes": ("Минут", "Minutes"),
    "vat": ("В том числе НДС", "VAT included"),
    "no_vat": ("без НДС", "no VAT"),
    "total": ("Всего", "Total"),
    "refunded": ("Возвращено", "Refunded"),
    "supplier": ("Исполнитель", "Supplier"),
    "customer": ("Заказчик", "Customer"),
    "client": ("клиент, оплативший сеансы", "client who paid for the sessions"),
    "consultant": ("консультант, оплативший связь", "consultant who paid for the connection"),
    "inn": ("ИНН {n}", "INN {n}"),
    "kpp": ("КПП {n}", "KPP {n}"),
    "ogrn": ("ОГРН {n}", "OGRN {n}"),
    "vat_id": ("номер плательщика НДС {n}", "VAT id {n}"),
    "basis": ("Основание", "Basis"),
    "with_consultant": ("Консультант: {name}", "Consultant: {name}"),
    "with_client": ("Получатель помощи: {name}", "Helped: {name}"),
    "service_client": (
        "Удалённые консультации, поминутно; с каждой минутой связан протокол сеанса",
        "Remote consultations by the minute; each minute stands in the record of its session",
    ),
    "service_consultant": (
        "Услуги связи для удалённых сеансов, поминутно",
        "Connection for remote sessions, by the minute",
    ),
    "no": ("№", "No."),
    "date": ("Дата", "Date"),
    "what_client": ("Услуга, протокол, консультант", "Service, record, consultant"),
    "what_consultant": ("Услуга, протокол, кому помогали", "Service, record, who was helped"),
    "price": ("Цена, {sign}", "Price, {sign}"),
    "vat_column": ("НДС, {sign}", "VAT, {sign}"),
    "sum": ("Сумма, {sign}", "Sum, {sign}"),
    "back": ("возвращено {sum}", "{sum} refunded"),
    "open": ("срок возражений не истёк", "may still be objected to"),
    "carried": ("Перенесено", "Carried forward"),
    "no_record": ("протокол составляется", "record is being made"),
    "mixed": ("разная", "mixed"),
    "by_rate": ("Итоги по ставкам", "Totals by rate"),
    "services": (
        "Оказано услуг: {sessions}, минут: {minutes}, на сумму",
        "Services: {sessions}, minutes: {minutes}, for the sum of",
    ),
    "subtotal": ("Итого", "Subtotal"),
    "vat_at": ("в том числе НДС {rate}", "including VAT {rate}"),
    "vat_mixed": ("в том числе НДС", "including VAT"),
    "promo": (
        "Из них промокредитом {promo}, деньгами {paid}",
        "Of this, {promo} by promo credit, {paid} by money",
    ),
    "free_ground": ("Без НДС: {ground}", "No VAT: {ground}"),
    "agent": (
        "НДС исчислен по каждому сеансу с вознаграждения платформы как агента, {base}: {ground}",
        "VAT is reckoned for each session on the platform's fee as an agent, {base}: {ground}",
    ),
    "principal": (
        "НДС исчислен по каждому сеансу внутри цены: {ground}",
        "VAT is reckoned for each session inside the price: {ground}",
    ),
    "accepted": (
        "Услуги оказаны в полном объёме и в срок, стороны претензий друг к другу не имеют.",
        "The services were rendered in full and on time; neither side has claims.",
    ),
    "accepted_open": (
        "Сеансов, по которым не истёк срок возражений: {n}, на {sum}. Если заказчик заявит, что "
        "вопрос не решён, будет составлено исправление. В остальном услуги оказаны в полном объёме "
        "и в срок, претензий нет.",
        "Sessions that may still be objected to: {n}, for {sum}. If the customer declares one not "
        "resolved, a correction follows. Otherwise the services were rendered in full and on time, "
        "without claims.",
    ),
    "once": (
        "Об одних и тех же услугах в учёт принимается один документ: этот акт либо акты отдельных "
        "сеансов. Минуты подтверждены протоколами из приложения.",
        "Of documents about the same services one is booked: this one or those of the single "
        "sessions. The minutes are proved by the records in the annex.",
    ),
    "seal_signed": ("электронная печать", "electronic seal"),
    "signature": ("подпись", "signature"),
    "annex": (
        "Приложение: протоколы сеансов и SHA-256 их файлов",
        "Annex: records of the sessions and SHA-256 of their files",
    ),
    "record": ("Протокол", "Record"),
    "session": ("Сеанс", "Session"),
    "sha": ("SHA-256 файла протокола", "SHA-256 of the record's file"),
    "seal": ("Печать платформы", "Seal of the platform"),
    "certificate": ("Сертификат", "Certificate"),
    "signed_how": ("Подпись", "Signature"),
    "sealed_at": ("Запечатан", "Sealed"),
    "attached": ("SHA-256 вложения {file}", "SHA-256 of the attachment {file}"),
    "how": (
        "Проверка: 1) откройте код с первого листа; 2) сверьте 16 знаков внизу листов; 3) без "
        "сети: minuta verify ФАЙЛ пересчитает все суммы. Подпись усиленная неквалифицированная; "
        "все данные страниц лежат в файле, во вложении {file}.",
        "To check: 1) open the code on the first page; 2) compare the 16 characters at the foot "
        "of the pages; 3) offline, minuta verify FILE adds up every sum again. The signature is "
        "advanced, not qualified; all data of the pages are in the file, attached as {file}.",
    ),
}


def speaker(locale: str) -> Say:
    """The words of a language: `say("period", first=…, last=…)`."""
    which = 0 if locale == "ru" else 1

    def say(key: str, **facts: object) -> str:
        return WORDS[key][which].format(**facts)

    return say


def days_text(say: Say, first: date, last: date, english: bool) -> str:
    """«за период с 1 по 31 октября 2026 г.»: what both days share is said once."""
    if first == last:
        return say("day", first=long_date(first, english))
    begin = long_date(first, english)
    if (first.year, first.month) == (last.year, last.month):
        begin = str(first.day)
    elif first.year == last.year:
        begin = begin.rsplit(" ", 1)[0]
    return say("period", first=begin, last=long_date(last, english))
