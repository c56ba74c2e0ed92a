"""A plan's draft as fields with units, and back.

A field is named by its place in the tariff's JSON, as in `windows[0].segments[1].rate`: so a
refusal, which names that place, is shown at the field itself. Sums are typed in whole units of
money, shares in per cent, times as a number and a unit (`<name>.unit`).
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from ledger import Money
from metering import Tariff
from web.forms import money_of
from web.shapes_tariffs import PlanForm
from web.words import HOME_ZONE, field_text

UNITS = {"h": 3600, "min": 60, "s": 1}
MONEY = ("connect_fee", "min_charge", "max_charge")
TIMES = (
    "grace_seconds",
    "free_seconds",
    "free_increment_seconds",
    "lead_s",
    "absence_s",
    "longest_pause_s",
    "dispute_window_s",
)
SHARES = ("provider_bp", "kept_bp", "kept_provider_bp")
TEXTS = ("timezone", "max_charge_strategy", "pause_by")
LISTS = ("segments", "windows")
SEGMENT_TIMES = ("from_second", "per_seconds", "increment_seconds")
FIXED = ("plan", "version", "payer", "currency", "rate_version")
KNOWN = {*MONEY, *TIMES, *SHARES, *TEXTS, *LISTS, *FIXED, "rounding", "warn_at_minutes"}
REST = "rest"  # what a tariff may say beyond these fields, as JSON
WEEK = range(1, 8)

Document = dict[str, Any]
Values = Mapping[str, str]


class BadFields(Exception):
    """What was typed is no number, sum or date: field -> what is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


def full(tariff: Tariff) -> Document:
    """Every field of a tariff, those too that its text leaves out at their defaults."""
    return {"pause_by": tariff.pause_by} | tariff.to_dict()


def form_of(tariff: Tariff) -> PlanForm:
    """The tariff as a curator sees it in fields."""
    document, currency = full(tariff), tariff.currency
    values = {name: text_of(document[name], currency) for name in MONEY}
    values |= {name: str(document[name]) for name in TEXTS}
    values |= {name: share_text(document[name]) for name in SHARES}
    for name in TIMES:
        values |= time_texts(name, document[name])
    rounding = document["rounding"]
    values["rounding.rule"] = rounding["rule"]
    values["rounding.to_multiple_of"] = text_of(rounding["to_multiple_of"], currency)
    values["warn_at_minutes"] = ", ".join(map(str, document["warn_at_minutes"]))
    values |= segment_texts("segments", document["segments"], currency)
    for n, window in enumerate(document["windows"]):
        values |= _window_texts(f"windows[{n}]", window, currency)
    values[REST] = json.dumps({k: v for k, v in document.items() if k not in KNOWN})
    return typed_form(values)


def typed_form(values: Values, new: str = "") -> PlanForm:
    """The form as it was sent: its fields, and how many rows there are of each kind."""
    windows = tuple(
        rows_of(values, f"windows[{n}].segments") for n in range(rows_of(values, "windows"))
    )
    return PlanForm(values, rows_of(values, "segments"), windows, new)


def document_of(values: Values, current: Tariff, _: Callable[..., str]) -> Document:
    """The draft that the fields say; who pays and in what currency is the plan's.

    Raises: BadFields.
    """
    read = _Reader(values, current.currency, _)
    document: Document = {**read.rest(), "payer": current.payer, "currency": current.currency}
    document |= {name: read.money(name) for name in MONEY[:2]}
    document |= {"max_charge": read.money("max_charge") if values.get("max_charge") else None}
    document |= {name: read.time(name) for name in TIMES}
    document |= {name: read.share(name) for name in SHARES}
    document |= {name: values.get(name, "").strip() for name in TEXTS}
    step = read.money("rounding.to_multiple_of")
    document["rounding"] = {"rule": values.get("rounding.rule", ""), "to_multiple_of": step}
    document["warn_at_minutes"] = read.numbers("warn_at_minutes")
    form = typed_form(values)
    document["segments"] = read.segments("segments", form.segments)
    document["windows"] = [read.window(f"windows[{n}]", of) for n, of in enumerate(form.windows)]
    if read.errors:
        raise BadFields(read.errors)
    return document


def field_of(path: str, values: Values) -> str:
    """The field, or else the group of fields, that a place in the JSON belongs to.

    >>> field_of("tariff.windows[1].month_days[0]", {"windows[1].month_days": ""})
    'windows[1].month_days'
    """
    name = path.removeprefix("tariff.")
    while name and name not in values and not re.search(r"(weekdays|segments|windows)$", name):
        name = re.sub(r"(^|\.)[^.\[]*$|\[\d+\]$", "", name)
    return name


# Rows.


def rows_of(values: Iterable[str], group: str) -> int:
    """How many rows a group has.

    >>> rows_of(["segments[0].rate", "segments[1].rate", "lead_s"], "segments")
    2
    """
    row = re.compile(re.escape(group) + r"\[(\d{1,3})\]\.")
    return 1 + max((int(m[1]) for name in values if (m := row.match(name))), default=-1)


def with_row(values: Values, group: str) -> tuple[Values, str]:
    """One more row like the last, and the field of it to be filled in first."""
    n = rows_of(values, group)
    last, new = f"{group}[{n - 1}].", f"{group}[{n}]."
    more = {new + name.removeprefix(last): v for name, v in values.items() if name.startswith(last)}
    if group != "windows":
        return {**values, **more, f"{new}from_second": ""}, f"{new}from_second"
    begin, end = values.get(f"{last}to", ""), values.get(f"{last}from", "")
    if begin == "24:00":  # all day long: the other half is anybody's guess
        begin = end = ""
    return {**values, **more, f"{new}from": begin, f"{new}to": end}, f"{new}from"


def without_row(values: Values, group: str, n: int) -> Values:
    """Row `n` is gone, and those after it move up."""
    row, kept = re.compile(re.escape(group) + r"\[(\d{1,3})\](.*)"), dict[str, str]()
    for name, value in values.items():
        found = row.fullmatch(name)
        place = int(found[1]) if found else -1
        if found and place > n:
            kept[f"{group}[{place - 1}]{found[2]}"] = value
        elif place != n:
            kept[name] = value
    return kept


def by_the_clock(values: Values) -> Values:
    """The price of all day long becomes that of a first window."""
    moved = {f"windows[0].{k}" if k.startswith("segments[") else k: v for k, v in values.items()}
    days = {f"windows[0].weekdays.{day}": "on" for day in WEEK}
    rest = {"month_days": "", "weight": "0", "connect_fee": values.get("connect_fee", "0")}
    times = {"from": "00:00", "to": "24:00"}
    zone = values.get("timezone", "UTC")
    texts = {f"windows[0].{name}": value for name, value in (rest | times).items()}
    return moved | days | texts | {"timezone": HOME_ZONE if zone == "UTC" else zone}


def all_day(values: Values) -> Values:
    """The first window's price is that of the whole day; there are no windows."""
    kept = {name: value for name, value in values.items() if not name.startswith("windows[")}
    first = {k: v for k, v in values.items() if k.startswith("windows[0].segments[")}
    return kept | {name.removeprefix("windows[0]."): value for name, value in first.items()}


# Texts.


def text_of(minor: object, currency: str) -> str:
    """Money as it is typed; nothing for none."""
    return field_text(Money(minor, currency)) if isinstance(minor, int) else ""


def share_text(bp: int) -> str:
    """
    >>> share_text(9000), share_text(1250)
    ('90', '12.5')
    """
    return f"{Decimal(bp).scaleb(-2).normalize():f}"


def time_texts(name: str, seconds: int) -> dict[str, str]:
    """A number and the largest unit of which it is a whole number.

    >>> time_texts("lead_s", 90), time_texts("absence_s", 120)
    ({'lead_s': '90', 'lead_s.unit': 's'}, {'absence_s': '2', 'absence_s.unit': 'min'})
    """
    unit = next(u for u, length in UNITS.items() if seconds % length == 0 and (seconds or u == "s"))
    return {name: str(seconds // UNITS[unit]), f"{name}.unit": unit}


def segment_texts(group: str, segments: Iterable[Document], currency: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for n, segment in enumerate(segments):
        found[f"{group}[{n}].rate"] = text_of(segment["rate"], currency)
        for name in SEGMENT_TIMES:
            found |= time_texts(f"{group}[{n}].{name}", segment[name])
    return found


def _window_texts(place: str, window: Document, currency: str) -> dict[str, str]:
    clocks = {name: window[name].removesuffix(":00") for name in ("from", "to")}
    days = [".".join(reversed(day.split("-"))) for day in window["month_days"] or ()]
    texts = clocks | {
        "month_days": ", ".join(days),
        "weight": str(window["weight"]),
        "connect_fee": text_of(window["connect_fee"], currency),
    }
    texts |= {f"weekdays.{day}": "on" for day in window["weekdays"]}
    found = {f"{place}.{name}": value for name, value in texts.items()}
    return found | segment_texts(f"{place}.segments", window["segments"], currency)


class _Reader:
    """Fields into values, with every fault by its field."""

    def __init__(self, values: Values, currency: str, _: Callable[..., str]) -> None:
        self.values, self.currency, self._ = values, currency, _
        self.errors: dict[str, str] = {}

    def rest(self) -> Document:
        try:
            found = json.loads(self.values.get(REST) or "{}")
        except (ValueError, RecursionError):
            found = None
        return found if isinstance(found, dict) else {}

    def money(self, name: str) -> int:
        text = self.values.get(name, "").strip()
        if re.fullmatch(r"0+([.,]0*)?", text):
            return 0
        found = money_of(text, self.currency)
        if found is None:
            self.errors[name] = self._("Write the sum in figures")
        return found.minor if found else 0

    def time(self, name: str) -> int:
        return self.number(name) * UNITS.get(self.values.get(f"{name}.unit", "s"), 1)

    def number(self, name: str) -> int:
        text = self.values.get(name, "").strip()
        if not re.fullmatch(r"[0-9]{1,9}", text):
            self.errors[name] = self._("Write a whole number")
            return 0
        return int(text)

    def numbers(self, name: str) -> list[int]:
        parts = re.findall(r"[^\s,;]+", self.values.get(name, ""))
        if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in parts):
            self.errors[name] = self._("Write whole numbers with commas")
            return []
        return [int(part) for part in parts]

    def share(self, name: str) -> int:
        text = self.values.get(name, "").strip().replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", text):
            self.errors[name] = self._("Write the share in per cent")
            return 0
        return int(Decimal(text).scaleb(2))

    def segments(self, group: str, count: int) -> list[Document]:
        return [
            {"rate": self.money(f"{group}[{n}].rate")}
            | {name: self.time(f"{group}[{n}].{name}") for name in SEGMENT_TIMES}
            for n in range(count)
        ]

    def window(self, place: str, segments: int) -> Document:
        return {
            "weekdays": [d for d in WEEK if self.values.get(f"{place}.weekdays.{d}")],
            "from": self.values.get(f"{place}.from", "").strip(),
            "to": self.values.get(f"{place}.to", "").strip(),
            "month_days": self._days(f"{place}.month_days"),
            "weight": self.number(f"{place}.weight"),
            "connect_fee": self.money(f"{place}.connect_fee"),
            "segments": self.segments(f"{place}.segments", segments),
        }

    def _days(self, name: str) -> list[str] | None:
        """`31.12, 01.01` as MM-DD; nothing typed is every day."""
        parts = re.findall(r"[^\s,;]+", self.values.get(name, ""))
        days = [re.fullmatch(r"(\d{1,2})[./](\d{1,2})", part) for part in parts]
        if not all(days):
            self.errors[name] = self._("Write days as 31.12, with commas")
            return None
        return [f"{int(d[2]):02}-{int(d[1]):02}" for d in days if d] or None
