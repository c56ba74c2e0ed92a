"""Why a passkey was not taken, in words: what happened and what to do."""

from collections.abc import Callable

from web.shapes_account import PasskeyRefusal


def refusal(code: str, _: Callable[..., str]) -> PasskeyRefusal:
    """`code` is one of `parties.PasskeyRefused`, or what `add_passkey` raised."""
    late = _("The page has waited too long. Reload it and repeat.")
    told = {
        "unknown": _("We don't know this passkey: it may have been removed. Sign in by e-mail."),
        "copied": _(
            "This passkey is stopped: there may be a copy of it. Sign in by e-mail and remove it."
        ),
        "expired": late,
        "used": late,
        "foreign": late,
        "taken": _("This passkey is on your list already."),
        "too_many": _("There are too many passkeys. Remove one that you don't use."),
        "name": _("Write a name of 80 characters at most."),
    }
    other = _("The passkey could not be checked. Try again or sign in by e-mail.")
    return PasskeyRefusal(code, told.get(code, other))
