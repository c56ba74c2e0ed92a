"""Words of the reconciliation act and the agent's report, Russian beside English. Pure."""

from reports.period_words import Say

PHRASES = {
    "reconciliation": ("Акт сверки взаимных расчётов", "Reconciliation of accounts"),
    "report": ("Отчёт агента", "Agent’s report"),
    "register": ("Реестр распределения", "Revenue split register"),
    "opening": ("Сальдо на начало", "Opening balance"),
    "turnover_debit": ("Оборот по дебету", "Debit turnover"),
    "turnover_credit": ("Оборот по кредиту", "Credit turnover"),
    "closing": ("Сальдо на конец", "Closing balance"),
    "platform": ("Платформа", "Platform"),
    "partner": ("Партнёр", "Partner"),
    "currency": ("валюта расчётов: {code}", "currency: {code}"),
    "basis": ("Основание", "Basis"),
    "our_books": ("По данным {name}", "By the books of {name}"),
    "their_books": ("По данным партнёра", "By the partner’s books"),
    "date": ("Дата", "Date"),
    "document": ("Документ", "Document"),
    "debit": ("Дебет, {sign}", "Debit, {sign}"),
    "credit": ("Кредит, {sign}", "Credit, {sign}"),
    "balance": ("Сальдо, {sign}", "Balance, {sign}"),
    "turnovers": ("Обороты за период", "Turnovers of the period"),
    "act_no": ("акт {number}", "act {number}"),
    "minutes": ("{n} мин", "{n} min"),
    "account": ("Счёт", "Account"),
    "by_account": ("По счетам", "By account"),
    "wallet": ("Лицевой счёт для оплаты сеансов", "Prepaid account for sessions"),
    "earnings": ("Вознаграждение консультанта", "Earnings of a consultant"),
    "reserve": ("Резерв вознаграждения", "Reserve of earnings"),
    "claim": ("Требования к консультанту", "Claims on a consultant"),
    "owed": (
        "По данным {keeper} на {day} задолженность в пользу {name} составляет {sum} ({words}).",
        "By the books of {keeper}, on {day} {sum} ({words}) is owed to {name}.",
    ),
    "nothing_owed": (
        "По данным {keeper} на {day} задолженности нет.",
        "By the books of {keeper}, on {day} nothing is owed.",
    ),
    "partner_owed": (
        "По данным партнёра на {day} задолженность в пользу",
        "By the partner’s books, on {day} is owed to",
    ),
    "signs": (
        "Дебет: оказанные услуги и выплаты партнёру. Кредит: поступления и начисления в его "
        "пользу. Положительное сальдо — задолженность платформы перед партнёром. Минуты сеанса, "
        "по которому срок возражений не истёк, показаны списанными; возврат войдёт в расчёты "
        "своим днём.",
        "Debit: services rendered and payments to the partner. Credit: receipts and earnings. "
        "A balance above zero is owed to the partner. Minutes of a session that may still be "
        "objected to are shown as charged; a refund enters the accounts on its own day.",
    ),
    "agent": ("Агент", "Agent"),
    "principal": ("Принципал", "Principal"),
    "consultant": ("Консультант", "Consultant"),
    "sessions": ("Сеансов", "Sessions"),
    "total": ("Итого", "Total"),
    "sold": ("Выручка", "Revenue"),
    "fee": ("Вознаграждение агента", "Agent’s fee"),
    "share": ("Доля платформы", "Platform’s share"),
    "due": ("Причитается принципалу", "Due to the principal"),
    "due_consultant": ("Причитается консультанту", "Due to the consultant"),
    "no": ("№", "No."),
    "what": ("Услуга, протокол, клиент", "Service, record, client"),
    "min": ("Мин", "Min"),
    "sold_column": ("Выручка", "Revenue"),
    "fee_column": ("Платформе", "Platform"),
    "vat_column": ("НДС", "VAT"),
    "own_column": ("Консультанту", "Consultant"),
    "waits": ("ждёт решения {sum}", "{sum} not decided yet"),
    "back": ("возвращено {sum}", "{sum} refunded"),
    "to_colleagues": ("коллегам {sum}", "{sum} to colleagues"),
    "to_suppliers": ("третьим лицам {sum}", "{sum} passed on"),
    "shares": ("Участие в сеансах коллег", "Sessions of colleagues"),
    "host": ("Вёл сеанс", "Led by"),
    "split": ("Распределение выручки, {sign}", "Where the revenue went, {sign}"),
    "paid_by_clients": ("Оплачено клиентами", "Paid by clients"),
    "refunded": ("Возвращено клиентам", "Refunded to clients"),
    "net": ("Выручка за вычетом возвратов, из неё", "Revenue less refunds, of which"),
    "of_fee": ("– вознаграждение агента, удержано", "– fee of the agent, withheld"),
    "of_share": ("– доля платформы", "– share of the platform"),
    "of_own": ("– принципалу", "– to the principal"),
    "of_own_consultant": ("– консультанту", "– to the consultant"),
    "of_colleagues": ("– коллегам по консилиуму", "– to colleagues of a consilium"),
    "of_suppliers": ("– третьим лицам по себестоимости", "– passed on to suppliers at cost"),
    "of_waiting": ("– ждёт решения клиента", "– waits for the client’s word"),
    "reckoning": ("Расчёты с принципалом, {sign}", "Account of the principal, {sign}"),
    "reckoning_consultant": (
        "Расчёты с консультантом, {sign}",
        "Account of the consultant, {sign}",
    ),
    "here": ("Начислено по сеансам этого отчёта", "Credited for sessions of this report"),
    "elsewhere": ("Начислено по другим сеансам", "Credited for other sessions"),
    "paid": ("Выплачено", "Paid out"),
    "given_back": ("Выплаты вернулись", "Payouts returned"),
    "reserved": ("Удержано в резерв и возвращено из него", "Kept in reserve, released from it"),
    "other": ("Прочие движения", "Other movements"),
    "payouts": ("Выплаты", "Payouts"),
    "payout": ("Выплата {ref}", "Payout {ref}"),
    "payout_back": ("Выплата {ref} вернулась", "Payout {ref} returned"),
    "sum": ("Сумма, {sign}", "Sum, {sign}"),
    "fee_act": ("Акт о вознаграждении агента", "Certificate of the agent’s fee"),
    "fee_text": (
        "За период агент оказал принципалу услуги по привлечению клиентов, приёму их оплаты и "
        "проведению сеансов. Вознаграждение агента: {sum} ({words}){vat}. Оно удержано из выручки "
        "принципала и отдельной оплаты не требует.",
        "In the period the agent found clients for the principal, took their payments and carried "
        "the sessions. The agent’s fee: {sum} ({words}){vat}. It was withheld from the principal’s "
        "revenue; nothing more is to be paid.",
    ),
    "fee_vat": (", в том числе НДС {vat}", ", including VAT of {vat}"),
    "fee_free": (", НДС не облагается: {ground}", ", without VAT: {ground}"),
    "not_due_yet": (
        "Сеансов, исход которых ещё не известен: {n}, на {sum}. Их вознаграждение и долю "
        "консультанта покажет исправление отчёта.",
        "Sessions without an outcome yet: {n}, for {sum}. Their fee and share will be in a "
        "correction of this report.",
    ),
    "later": (
        "Из причитающегося по сеансам отчёта {sum} начислено после последнего дня периода.",
        "Of what is due for these sessions {sum} was credited after the last day of the period.",
    ),
    "accepted": (
        "Отчёт принят, возражений нет. Выручка равна обороту учётных книг по счетам клиентов, "
        "сальдо — по счёту консультанта.",
        "The report is accepted without objections. The revenue equals the turnover on the "
        "clients’ accounts, the balance that of the consultant’s account.",
    ),
    "none": ("Сеансов за период не было.", "There were no sessions in the period."),
}


def settlement_words(locale: str) -> Say:
    """The phrases of a language: `say("owed", name=…, sum=…)`."""
    which = 0 if locale == "ru" else 1

    def say(key: str, **facts: object) -> str:
        return PHRASES[key][which].format(**facts)

    return say
