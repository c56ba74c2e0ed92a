"""The letters about arbitration and a curator's ruling: subject, body.

Sums come as finished text; {url} is the session's page, where the ruling stands in full.
"""

DISPUTES: dict[str, dict[str, tuple[str, str]]] = {
    "dispute_asked": {
        "ru": (
            "Другая сторона просит решения куратора: {number}",
            "{peer} просит куратора решить спор по сеансу {number}: {topic}\n\n"
            "{said}\n\nОтветьте до {until}: {url}\nБез ответа куратор решит по материалам.\n",
        ),
        "en": (
            "The other side asks for a curator's ruling: {number}",
            "{peer} asks a curator to rule on session {number}: {topic}\n\n"
            "{said}\n\nAnswer by {until}: {url}\nWithout an answer the record decides.\n",
        ),
    },
    "dispute_answered": {
        "ru": (
            "Есть ответ в споре по сеансу {number}",
            "{peer} отвечает в споре по сеансу {number}: {topic}\n\n"
            "{said}\n\nТеперь решает куратор. Всё о споре: {url}\n",
        ),
        "en": (
            "An answer in the dispute over session {number}",
            "{peer} has answered in the dispute over session {number}: {topic}\n\n"
            "{said}\n\nNow a curator decides. All about it: {url}\n",
        ),
    },
}

RULINGS: dict[str, dict[str, tuple[str, str]]] = {
    "ruling_client": {
        "ru": (
            "Решение куратора по сеансу {number}",
            "Куратор решил спор по сеансу {number}: {topic}\n\n"
            "Из {total} вам возвращено: {sum}\nПочему: {why}\n\n"
            "Всё о сеансе и новые документы: {url}\n",
        ),
        "en": (
            "The curator's ruling on session {number}",
            "A curator has ruled on session {number}: {topic}\n\n"
            "Back to you, of {total}: {sum}\nWhy: {why}\n\n"
            "All about the session, with its new papers: {url}\n",
        ),
    },
    "ruling_host": {
        "ru": (
            "Решение куратора по сеансу {number}",
            "Куратор решил спор по сеансу {number}: {topic}\n\n"
            "Из {total} вам: {sum}\nПремия или штраф: {change}\nПочему: {why}\n\n"
            "Всё о сеансе и новые документы: {url}\n",
        ),
        "en": (
            "The curator's ruling on session {number}",
            "A curator has ruled on session {number}: {topic}\n\n"
            "Yours, of {total}: {sum}\nBonus or penalty: {change}\nWhy: {why}\n\n"
            "All about the session, with its new papers: {url}\n",
        ),
    },
}
