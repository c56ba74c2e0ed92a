"""Why money did not move, in a reader's words: banks and our own rooms answer in codes."""

from web.locale import words


def reason_text(code: str, locale: str) -> str:
    """A clause without a full stop; a code that has no words of its own is told as a refusal, and a
    sentence that a person wrote is told as it is."""
    _ = words(locale).gettext
    known = {
        "insufficient_funds": _("there is not enough money on the card"),
        "authentication_required": _("the bank wants you to confirm it"),
        "expired_card": _("the card has expired"),
        "lost_card": _("the bank has blocked the card"),
        "stolen_card": _("the bank has blocked the card"),
        "card_changed": _("another card is saved now"),
        "turned_off": _("it was turned off"),
        "frozen": _("the balance is frozen by a dispute"),
        "not_needed": _("the balance was topped up in another way"),
        "owner_absent": _("nobody confirmed it within a day"),
        "never_made": _("the processor knows nothing of it"),
        "called_off": _("you called it off"),
        "expired": _("nobody approved it in time"),
        "balance_insufficient": _("the processor has not credited us yet"),
        "account_closed": _("the account is closed"),
        "no_account": _("there is no such account"),
        "cooling_off": _("the new account is not in force yet"),
    }
    if code in known:
        return known[code]
    return _("the bank refused") if code.replace("_", "").isascii() or not code else code
