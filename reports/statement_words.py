"""Words of the statement of account, Russian and English side by side. Pure."""

PHRASES = {
    "opening": ("На начало", "Opening balance"),
    "credits": ("Поступило", "Credited"),
    "debits": ("Списано", "Debited"),
    "closing": ("На конец", "Closing balance"),
    "keeper": ("Счёт ведёт", "Kept by"),
    "holder": ("Владелец счёта", "Account of"),
    "wallet": ("лицевой счёт для оплаты сеансов", "prepaid account for sessions"),
    "earnings": ("счёт заработка консультанта", "earnings of a consultant"),
    "when": ("Дата и время", "Date and time"),
    "what": ("Операция", "Movement"),
    "charges": ("Минут", "Minutes"),
    "debit": ("Списано", "Debit"),
    "credit": ("Поступило", "Credit"),
    "balance": ("Остаток", "Balance"),
    "by_kind": ("Итоги по видам операций", "Totals by kind"),
    "times": ("Операций", "Movements"),
    "nothing": ("Движений за период не было.", "There were no movements in the period."),
    "grouped": (
        "Поминутные списания одного сеанса, идущие подряд, собраны в одну строку; остаток после "
        "каждой строки взят из учётных книг и сверен с суммой движений.",
        "Charges of one session that follow one another are one line; the balance after each line "
        "is the one on the books and was checked against the movements.",
    ),
}
MOVEMENTS = {
    "minute": ("Минуты сеанса", "Minutes of a session"),
    "top_up": ("Пополнение", "Top-up"),
    "settlement": ("Итог сеанса", "Outcome of a session"),
    "ruling": ("Решение куратора", "Ruling"),
    "reversal": ("Сторно", "Reversal"),
    "refund": ("Возврат", "Refund"),
    "refund_returned": ("Возврат не принят банком", "Refund returned by the bank"),
    "payout": ("Выплата", "Payout"),
    "pay_out": ("Выплата", "Payout"),
    "payout_returned": ("Выплата вернулась", "Payout returned"),
    "pay_out_returned": ("Выплата вернулась", "Payout returned"),
    "bank_decided": ("Банковский перевод", "Bank transfer"),
    "bonus": ("Премия", "Bonus"),
    "penalty": ("Удержание", "Penalty"),
    "exchange": ("Обмен валюты", "Currency exchange"),
    "dispute_lost": ("Платёж отозван банком", "Payment taken back by the bank"),
    "reserve_kept": ("Удержано в резерв", "Kept in reserve"),
    "reserve_released": ("Возвращено из резерва", "Released from reserve"),
    "subscription": ("Подписка", "Subscription"),
    "subscription_refund": ("Возврат за подписку", "Subscription refund"),
}


def phrase(key: str, locale: str) -> str:
    return PHRASES[key][0 if locale == "ru" else 1]


def movement_words(kind: str, locale: str) -> str:
    """What a journal of this kind did; an unknown kind is printed as it is."""
    known = MOVEMENTS.get(kind)
    return known[0 if locale == "ru" else 1] if known else kind.replace("_", " ")
