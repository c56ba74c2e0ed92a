"""A tariff in words: pairs of a name and what the tariff says of it, in the reader's language."""

from collections.abc import Callable, Iterator

from babel import Locale

from ledger import WHOLE_BP, Money
from metering import AtCeiling, Rule, Segment, Tariff, Window
from web.locale import words
from web.words import (
    clock_text,
    minutes_text,
    money_text,
    percent_text,
    rate_text,
    seconds_text,
)

Pair = tuple[str, str]
MINUTE_S, HOUR_S = 60, 3600


class _Speaker:
    """One tariff, one language."""

    def __init__(self, tariff: Tariff, locale: str) -> None:
        self.tariff, self.locale = tariff, locale
        self.say: Callable[..., str] = words(locale).gettext

    def money(self, minor: int) -> str:
        return money_text(Money(minor, self.tariff.currency), self.locale)

    def time(self, seconds: int) -> str:
        return time_text(seconds, self.locale)


def tariff_words(text: str, locale: str) -> list[Pair]:
    """Everything of a tariff that a payer may ask, given as its canonical JSON."""
    tariff = Tariff.from_json(text)
    one = _Speaker(tariff, locale)
    return [*_who(one), *_prices(one), *_frame(one), *_counting(one), *_shares(one)]


def pause_text(tariff: Tariff, locale: str) -> str:
    """Who may stop the clock, as whoever may not is told."""
    _ = words(locale).gettext
    if tariff.pause_by == "host":
        return _("By this tariff only the consultant may pause")
    if tariff.pause_by == "client":
        return _("By this tariff only the client may pause")
    return _("By this tariff nobody pauses") if tariff.pause_by == "nobody" else ""


def time_text(seconds: int, locale: str) -> str:
    """`2 минуты`, `90 секунд`, `72 часа`: the largest whole unit up to hours."""
    if seconds and seconds % HOUR_S == 0:
        return words(locale).ngettext("{n} hour", "{n} hours", seconds // HOUR_S)
    if seconds and seconds % MINUTE_S == 0:
        return minutes_text(seconds // MINUTE_S, locale)
    return seconds_text(seconds, locale)


def _who(one: _Speaker) -> Iterator[Pair]:
    _ = one.say
    if one.tariff.payer == "client":
        yield _("Who pays"), _("the client, from a prepaid balance")
    else:
        yield _("Who pays"), _("the consultant; for the client it is free")


def _prices(one: _Speaker) -> Iterator[Pair]:
    _, tariff = one.say, one.tariff
    if not tariff.windows:
        yield _("Price"), _segments(one, tariff.segments)
        if tariff.connect_fee:
            yield _("For the connection, once"), one.money(tariff.connect_fee)
    for window in tariff.windows:
        text = _segments(one, window.segments)
        if window.connect_fee:
            text += "; " + _("{sum} for the connection, once", sum=one.money(window.connect_fee))
        yield _when(one, window), text


def _segments(one: _Speaker, segments: tuple[Segment, ...]) -> str:
    """Prices from the first second on, and from which second they change."""
    _, parts = one.say, list[str]()
    for segment in segments:
        price = Money(segment.rate, one.tariff.currency)
        text = (
            rate_text(price, one.locale)
            if segment.per_seconds == MINUTE_S
            else f"{money_text(price, one.locale)} / {one.time(segment.per_seconds)}"
        )
        if segment.increment_seconds != segment.per_seconds:
            text = _(
                "{price}, in steps: {time}", price=text, time=one.time(segment.increment_seconds)
            )
        start = clock_text(segment.from_second)
        parts.append(_("from {clock} on {price}", clock=start, price=text) if parts else text)
    return "; ".join(parts)


def _when(one: _Speaker, window: Window) -> str:
    """`пн, вт 08:00–20:00, Europe/Moscow`."""
    names = Locale(one.locale).days["stand-alone"]["abbreviated"]
    days = ", ".join(names[day - 1] for day in window.weekdays)
    if window.month_days is not None:
        days = ", ".join(".".join(reversed(day.split("-"))) for day in window.month_days)
    clocks = (f"{s // HOUR_S:02}:{s % HOUR_S // 60:02}" for s in (window.from_s, window.to_s))
    every = "" if len(window.weekdays) == 7 and window.month_days is None else f"{days} "
    return f"{every}{'–'.join(clocks)}, {one.tariff.timezone}"


def _frame(one: _Speaker) -> Iterator[Pair]:
    """What bounds the total."""
    _, tariff = one.say, one.tariff
    if tariff.grace_seconds:
        yield (
            _("Costs nothing"),
            _("a session up to {clock}", clock=clock_text(tariff.grace_seconds)),
        )
    if tariff.free_whole_s:
        yield _("Free at the beginning"), one.time(tariff.free_whole_s)
    if tariff.min_charge:
        yield _("At least"), one.money(tariff.min_charge)
    if tariff.max_charge is not None:
        most = one.money(tariff.max_charge)
        if tariff.max_charge_strategy is AtCeiling.DISCONNECT:
            yield _("At most"), _("{sum}, then the session ends", sum=most)
        else:
            yield _("At most"), _("{sum}, then the time is free", sum=most)
    step = one.money(tariff.rounding.to_multiple_of)
    if tariff.rounding.rule is Rule.UP:
        yield _("Rounding"), _("the total, once, up to {sum}", sum=step)
    elif tariff.rounding.rule is Rule.DOWN:
        yield _("Rounding"), _("the total, once, down to {sum}", sum=step)
    elif tariff.rounding.rule is Rule.HALF_UP:
        yield _("Rounding"), _("the total, once, to the nearest {sum}", sum=step)


def _counting(one: _Speaker) -> Iterator[Pair]:
    _, tariff = one.say, one.tariff
    yield _("What counts"), _("seconds in which both are connected; a begun step is paid whole")
    yield _("When it is paid"), _("each step at its beginning; nobody goes below zero")
    if tariff.allowance:
        kind = _("those of the kind “{kind}” go before money", kind=tariff.allowance)
        yield _("Minutes in advance"), kind
    if tariff.warn_at_minutes:
        minutes = ", ".join(str(n) for n in tariff.warn_at_minutes)
        yield _("Warnings"), _("{minutes} min before the money ends", minutes=minutes)
    if tariff.pause_by != "both":
        yield _("Pause"), pause_text(tariff, one.locale)
    if tariff.pause_by != "nobody":
        yield _("Longest pause"), one.time(tariff.longest_pause_s)
    yield _("Longest silence"), one.time(tariff.absence_s)


def _shares(one: _Speaker) -> Iterator[Pair]:
    """Where the money goes, where somebody has to say whether it helped."""
    _, tariff = one.say, one.tariff
    if tariff.payer != "client":
        return
    yield (
        _("If it is resolved"),
        _(
            "{share} to the consultant, {rest} to the platform",
            share=percent_text(tariff.provider_bp, one.locale),
            rest=percent_text(WHOLE_BP - tariff.provider_bp, one.locale),
        ),
    )
    back = percent_text(WHOLE_BP - tariff.kept_bp, one.locale)
    yield _("If it is not"), _("{share} comes back to the client", share=back)
    yield _("Time to say so"), one.time(tariff.dispute_window_s)
