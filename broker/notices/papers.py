"""The text of the letter about a month's papers; a line for each paper follows the body."""

PAPERS: dict[str, dict[str, tuple[str, str]]] = {
    "month_ready": {
        "ru": (
            "Документы за {month}",
            "Готовы ваши документы за {month}. Каждый подписан и проверяется на нашем сайте.\n\n",
        ),
        "en": (
            "Your documents for {month}",
            "Your documents for {month} are ready. Each is sealed; anyone can verify it.\n\n",
        ),
    },
}
