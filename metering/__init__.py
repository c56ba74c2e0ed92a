"""Turns connected time into charges against a prepaid account.

A meter counts whole unix seconds in which both ends were witnessed, each at most once, inside
the windows that start, pause, resume and stop permit. An increment is paid at its beginning:
its first second charges it (ledger scope `tick`, key `<session>:<n>`), the next one is held
`lead_s` before. No money for the next: the meter is FINAL, and what is paid runs out; a top-up
takes it back. Nothing is ever owed and nobody goes below zero.

Money is integer minor units, times are unix seconds, `_s` durations are seconds of the billing
clock. Verbs take `db` first, work in the caller's transaction and never commit; a replay changes
nothing. Errors are in one tree (`MeteringError`); lack of money is the ledger's
`InsufficientFunds`. docs/metering.md says the rules in words for who pays.
"""

from metering.allowances import Drawn as Drawn
from metering.allowances import Grant as Grant
from metering.audit import Fault as Fault
from metering.audit import check
from metering.audit import check_allowances as check_allowances
from metering.audit_tariffs import check_tariffs as check_tariffs
from metering.caps import Cap as Cap
from metering.clock import Clock, skew_of, steady_clock, utc_now
from metering.clock import microseconds as microseconds
from metering.clock import moment as moment
from metering.cosigning import Cosignature as Cosignature
from metering.cosigning import Cosigner as Cosigner
from metering.cosigning import Stand as Stand
from metering.cosigning import cosigning_faults as cosigning_faults
from metering.cosigning import proof_text as proof_text
from metering.cosigning import wired as wired
from metering.drafts import read_draft as read_draft
from metering.errors import AllowanceConflict as AllowanceConflict
from metering.errors import AlreadySigned as AlreadySigned
from metering.errors import BadCap as BadCap
from metering.errors import BadField as BadField
from metering.errors import BadQuote, BadTariff, MeteringError
from metering.errors import BadSignature as BadSignature
from metering.errors import CapReached as CapReached
from metering.errors import KeyChanged as KeyChanged
from metering.errors import KeyRefused as KeyRefused
from metering.errors import LeaseLost as LeaseLost
from metering.errors import MeterConflict as MeterConflict
from metering.errors import PauseForbidden as PauseForbidden
from metering.errors import ReceiptUnknown as ReceiptUnknown
from metering.errors import StaleMeter as StaleMeter
from metering.errors import TariffConflict as TariffConflict
from metering.errors import UnknownMeter as UnknownMeter
from metering.errors import UnknownPlan as UnknownPlan
from metering.errors import WrongState as WrongState
from metering.events import Event as Event
from metering.events import FundsBack as FundsBack
from metering.events import FundsExhausted as FundsExhausted
from metering.events import FundsLow as FundsLow
from metering.events import MeterPaused as MeterPaused
from metering.events import MeterResumed as MeterResumed
from metering.events import MeterStarted as MeterStarted
from metering.events import MeterStopped as MeterStopped
from metering.events import MinuteCharged as MinuteCharged
from metering.explain import Due as Due
from metering.explain import Reason as Reason
from metering.explain import due as due
from metering.explain import first_difference as first_difference
from metering.loop import MeteringLoop
from metering.means import PLAIN_MEANS as PLAIN_MEANS
from metering.meter import TRANSITIONS as TRANSITIONS
from metering.meter import Meter, MeterState
from metering.preview import Line as Line
from metering.preview import dry_run as dry_run
from metering.preview import first_moments as first_moments
from metering.price_tags import PriceTag as PriceTag
from metering.price_tags import free_tag as free_tag
from metering.price_tags import minute_prices as minute_prices
from metering.price_tags import price_tag as price_tag
from metering.pricing import Unit as Unit
from metering.pricing import UnitState as UnitState
from metering.pricing import affordable_s as affordable_s
from metering.pricing import units
from metering.published import Published as Published
from metering.quote import quote
from metering.receipts import Receipt
from metering.receipts import receipt_faults as receipt_faults
from metering.schedule import AtCeiling as AtCeiling
from metering.schedule import Rounding as Rounding
from metering.schedule import Rule as Rule
from metering.schedule import Segment as Segment
from metering.schedule import Window as Window
from metering.shards import SHARDS as SHARDS
from metering.shards import shard_of as shard_of
from metering.store_shards import other_owners as other_owners
from metering.tariffs import BASIS as BASIS
from metering.tariffs import Tariff, client_pays_tariff, host_pays_tariff
from metering.verbs import ChargeLine as ChargeLine
from metering.verbs import arm as arm
from metering.verbs import authorize as authorize
from metering.verbs import charges as charges
from metering.verbs import charges_of_each as charges_of_each
from metering.verbs import load as load
from metering.verbs import load_each as load_each
from metering.verbs import observe as observe
from metering.verbs import pause as pause
from metering.verbs import receipts as receipts
from metering.verbs import recover as recover
from metering.verbs import resume as resume
from metering.verbs import running as running
from metering.verbs import segments as segments
from metering.verbs import start as start
from metering.verbs import stop as stop
from metering.verbs_allowances import allowances_of as allowances_of
from metering.verbs_allowances import grant_allowance as grant_allowance
from metering.verbs_allowances import return_seconds as return_seconds
from metering.verbs_allowances import seconds_used as seconds_used
from metering.verbs_allowances import seconds_used_of_each as seconds_used_of_each
from metering.verbs_caps import cap_member as cap_member
from metering.verbs_caps import member_caps as member_caps
from metering.verbs_caps import set_cap as set_cap
from metering.verbs_cosigning import Counter as Counter
from metering.verbs_cosigning import Signing as Signing
from metering.verbs_cosigning import add_cosigner as add_cosigner
from metering.verbs_cosigning import cannot_cosign as cannot_cosign
from metering.verbs_cosigning import cosign as cosign
from metering.verbs_cosigning import cosignatures as cosignatures
from metering.verbs_cosigning import cosigners as cosigners
from metering.verbs_cosigning import last_cosignature as last_cosignature
from metering.verbs_cosigning import signing_of_each as signing_of_each
from metering.verbs_cosigning import unsigned as unsigned
from metering.verbs_cosigning import waive_cosigner as waive_cosigner
from metering.verbs_cosigning import who_signed as who_signed
from metering.verbs_explain import explain as explain
from metering.verbs_tariffs import RATES_WITHIN as RATES_WITHIN
from metering.verbs_tariffs import current_plan as current_plan
from metering.verbs_tariffs import current_plans as current_plans
from metering.verbs_tariffs import current_rate as current_rate
from metering.verbs_tariffs import look_at_plan as look_at_plan
from metering.verbs_tariffs import look_at_rate as look_at_rate
from metering.verbs_tariffs import next_version as next_version
from metering.verbs_tariffs import publish_plan as publish_plan
from metering.verbs_tariffs import publish_rate as publish_rate
from metering.verbs_tariffs import tariff_for as tariff_for
from metering.verbs_tariffs import tariff_versions as tariff_versions

# What other rooms speak with most; the other names above are re-exported as well.
__all__ = [
    "BadQuote",
    "BadTariff",
    "Clock",
    "Meter",
    "MeterState",
    "MeteringError",
    "MeteringLoop",
    "Receipt",
    "Tariff",
    "check",
    "client_pays_tariff",
    "host_pays_tariff",
    "quote",
    "skew_of",
    "steady_clock",
    "units",
    "utc_now",
]
