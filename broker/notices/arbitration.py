"""The letters about a curator's ruling, one for each side: subject, body.

Sums come as finished text; {url} is the session's page, where the ruling stands in full.
"""

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
