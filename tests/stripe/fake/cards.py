"""Stripe's test cards by name, and what each does when it is charged.

`pm_card_visa_chargeDeclinedLostCard`, `tok_visa`, `visa` … name the same table.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """`decline` is (code, decline_code); `dispute` the reason of a dispute that follows a charge.

    `asks_again`: wants its holder present; `attachable`: may be saved although it declines.
    """

    decline: tuple[str, str] | None = None
    asks_again: bool = False
    attachable: bool = True
    dispute: str = ""
    inquiry: bool = False
    warning: bool = False
    available_at_once: bool = False
    refund: str = "succeeded"
    debit: str = ""  # of a bank debit, which takes days: how it will end


def _declines(code: str, decline_code: str, attachable: bool = False) -> Card:
    return Card(decline=(code, decline_code), attachable=attachable)


CARDS = {
    "visa": Card(),
    "mastercard": Card(),
    "bypassPending": Card(available_at_once=True),
    "authenticationRequired": Card(asks_again=True),
    "chargeCustomerFail": _declines("card_declined", "generic_decline", attachable=True),
    "chargeDeclined": _declines("card_declined", "generic_decline"),
    "chargeDeclinedInsufficientFunds": _declines("card_declined", "insufficient_funds"),
    "chargeDeclinedLostCard": _declines("card_declined", "lost_card"),
    "chargeDeclinedStolenCard": _declines("card_declined", "stolen_card"),
    "chargeDeclinedFraudulent": _declines("card_declined", "fraudulent"),
    "chargeDeclinedExpiredCard": _declines("expired_card", "expired_card"),
    "chargeDeclinedIncorrectCvc": _declines("incorrect_cvc", "incorrect_cvc"),
    "chargeDeclinedProcessingError": _declines("processing_error", "processing_error"),
    "createDispute": Card(dispute="fraudulent"),
    "createDisputeProductNotReceived": Card(dispute="product_not_received"),
    "createDisputeInquiry": Card(dispute="fraudulent", inquiry=True),
    "createIssuerFraudRecord": Card(warning=True),
    "pendingRefund": Card(refund="pending"),
    "refundFail": Card(refund="failed"),
    "sepa_succeeds": Card(debit="succeeds"),
    "sepa_fails": Card(debit="fails"),
}
FAILING_IBANS = ("IT60X0542811101000000123456", "AT861904300235473202")


def known(name: str) -> str | None:
    """The name in the table, or None.

    >>> known("pm_card_visa"), known("tok_visa_chargeDeclinedLostCard"), known("pm_1")
    ('visa', 'chargeDeclinedLostCard', None)
    """
    bare = name.removeprefix("pm_card_").removeprefix("tok_")
    for candidate in (bare, bare.removeprefix("visa_")):
        if candidate in CARDS:
            return candidate
    return None


def of_iban(iban: str) -> str:
    return "sepa_fails" if iban in FAILING_IBANS else "sepa_succeeds"
