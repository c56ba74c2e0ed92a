"""The texts of letters about money that moved, or is to move, without its owner: subject, body.

Kinds are those of the list that the ledger keeps (`ledger.payouts.untold`). Sums, moments and
reasons come as finished text; {url} is the page where the owner can object.
"""

MONEY: dict[str, dict[str, tuple[str, str]]] = {
    "payee_changed": {
        "ru": (
            "Изменён счёт для выплат",
            "Счёт, на который приходят ваши выплаты, изменён.\n\nБыл: {was}\nСтал: {now}\n"
            "Выплаты на него начнутся: {since}. До этого деньги никуда не уйдут.\n\n"
            "Если это не вы, сразу верните прежний счёт: {url}\n",
        ),
        "en": (
            "Your payout account was changed",
            "The account that your payouts go to was changed.\n\nWas: {was}\nNow: {now}\n"
            "Payouts to it begin: {since}. Until then no money leaves.\n\n"
            "If it was not you, set the old account again at once: {url}\n",
        ),
    },
    "payout_sent": {
        "ru": ("Выплата {sum} отправлена", "{sum} отправлены на счёт {hint}.\n\n{url}\n"),
        "en": ("Payout of {sum} was sent", "{sum} were sent to the account {hint}.\n\n{url}\n"),
    },
    "payout_returned": {
        "ru": (
            "Выплата {sum} вернулась",
            "{sum} вернулись: {why}.\nДеньги снова в вашем заработке. Проверьте счёт: {url}\n",
        ),
        "en": (
            "Payout of {sum} came back",
            "{sum} came back: {why}.\nThe money is in your earnings again. "
            "Check the account: {url}\n",
        ),
    },
    "payout_refused": {
        "ru": (
            "Выплата {sum} не ушла",
            "{sum} не отправлены: {why}.\nДеньги остались в вашем заработке: {url}\n",
        ),
        "en": (
            "Payout of {sum} was not sent",
            "{sum} were not sent: {why}.\nThe money is still in your earnings: {url}\n",
        ),
    },
    "arrival_failed": {
        "ru": (
            "Ваш банк не принял {sum}",
            "{sum} не дошли с вашего счёта у платёжной системы в банк: {why}.\n"
            "Проверьте банковский счёт: {url}\n",
        ),
        "en": (
            "Your bank did not take {sum}",
            "{sum} did not get from your account at the processor to the bank: {why}.\n"
            "Check the bank account: {url}\n",
        ),
    },
    "transfer_reversed": {
        "ru": (
            "{sum} взяты обратно",
            "{sum} взяты обратно с вашего счёта у платёжной системы: {why}.\n\n{url}\n",
        ),
        "en": (
            "{sum} were taken back",
            "{sum} were taken back from your account at the processor: {why}.\n\n{url}\n",
        ),
    },
    "payee_account_active": {
        "ru": ("Счёт для выплат готов", "Платёжная система приняла ваши данные.\n\n{url}\n"),
        "en": ("Your payout account is ready", "The processor has taken your data.\n\n{url}\n"),
    },
    "payee_account_restricted": {
        "ru": (
            "Счёт для выплат приостановлен",
            "Платёжная система ждёт от вас документы. Пока их нет, выплаты не уходят: {url}\n",
        ),
        "en": (
            "Your payout account is on hold",
            "The processor waits for papers of yours. Until then payouts do not leave: {url}\n",
        ),
    },
    "payee_account_closed": {
        "ru": ("Счёт для выплат закрыт", "Укажите другой, чтобы получать выплаты: {url}\n"),
        "en": ("Your payout account is closed", "Name another one to be paid: {url}\n"),
    },
    "auto_top_up_paid": {
        "ru": (
            "Баланс пополнен на {sum}",
            "На балансе осталось мало, и по вашему согласию с карты списано {sum}.\n\n"
            "Выключить: {url}\n",
        ),
        "en": (
            "Your balance was topped up by {sum}",
            "The balance was low, and as you agreed your card was charged {sum}.\n\n"
            "Turn it off: {url}\n",
        ),
    },
    "auto_top_up_owner_needed": {
        "ru": (
            "Подтвердите пополнение на {sum}",
            "Банк просит вас подтвердить списание {sum}. Без этого баланс не пополнится, "
            "и сеанс остановится, когда деньги кончатся.\n\nПодтвердить: {url}\n",
        ),
        "en": (
            "Confirm the top-up of {sum}",
            "The bank wants you to confirm the charge of {sum}. Without that the balance is not "
            "topped up, and a session stops when the money ends.\n\nConfirm: {url}\n",
        ),
    },
    "auto_top_up_waiting": {
        "ru": (
            "Карта не приняла {sum}",
            "Списать {sum} не удалось: {why}.\nПопробуем снова: {since}. Пополнить самому: {url}\n",
        ),
        "en": (
            "The card did not take {sum}",
            "Charging {sum} failed: {why}.\nWe try again: {since}. Top up yourself: {url}\n",
        ),
    },
    "auto_top_up_refused": {
        "ru": (
            "Пополнение на {sum} не состоялось",
            "Списать {sum} не удалось: {why}.\nПроверьте карту и настройки: {url}\n",
        ),
        "en": (
            "The top-up of {sum} failed",
            "Charging {sum} failed: {why}.\nCheck the card and the settings: {url}\n",
        ),
    },
    "auto_top_up_limit": {
        "ru": (
            "Дневной предел автопополнения",
            "Сегодня с карты больше ничего не спишется: достигнут предел, который вы задали.\n\n"
            "{url}\n",
        ),
        "en": (
            "The day's limit of automatic top-ups",
            "The card is not charged any more today: the limit that you set is reached.\n\n{url}\n",
        ),
    },
}
