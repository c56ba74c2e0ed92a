"""Acts for 1C, read back the way programs that read EnterpriseData do it."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import etree

from reports.documents import Act
from reports.enterprise_data import FOOT, VERSIONS, Objects, head, rate_name, space
from reports.issuer import BASIC_RATE, Issuer
from reports.period import PeriodAct
from tests.reports import builders, euro_builders, period_builders
from tests.reports.enterprise_schema import faults
from tests.reports.period_builders import ISSUED, PAYS_VAT

_SALE = "df:Документ.РеализацияТоваровУслуг"
HOSTILE = '<Строка>&"]]>\x0b\u2028₽' * 40


def read(acts: Iterable[Act | PeriodAct], version: str = VERSIONS[0]) -> etree._Element:
    """The body of a file; its namespace and its format say one version."""
    objects = Objects()
    text = head(version, ISSUED) + "".join(objects.of(one) for one in acts) + FOOT
    top = etree.fromstring(text.encode())
    said = top.findtext("{*}Header/{*}Format")
    assert said == space(version) == etree.QName(top[1]).namespace
    assert top.findtext("{*}Header/{*}AvailableVersion") == version
    return top[1]


def texts(body: etree._Element, path: str) -> list[str]:
    spaces = {"df": etree.QName(body).namespace}
    return [str(one.text) for one in body.iterfind(path, spaces)]


def session_act() -> Act:
    made = builders.act()
    assert isinstance(made, Act)
    return made


@pytest.mark.parametrize("issuer", [Issuer(), PAYS_VAT, Issuer(vats=BASIC_RATE)])
def test_sums_come_back(issuer: Issuer) -> None:
    """Totals of the document, its lines and its tax are those of the sealed act."""
    act = period_builders.act(40, issuer=issuer)
    body = read([act])
    (total,) = texts(body, f"{_SALE}/df:Сумма")
    row = f"{_SALE}/df:Услуги/df:Строка"
    sums, taxes = (
        [Decimal(t) for t in texts(body, f"{row}/df:{n}")] for n in ("Сумма", "СуммаНДС")
    )
    assert Decimal(total) == sum(sums) == Decimal(act.totals.kept) / 100
    assert sum(taxes) == Decimal(act.totals.vat) / 100
    for count, price, sum_ in zip(
        *(texts(body, f"{row}/df:{n}") for n in ("Количество", "Цена", "Сумма")), strict=True
    ):
        assert abs(Decimal(count) * Decimal(price) - Decimal(sum_)) <= Decimal(count) / 200
    told = set(texts(body, f"{row}/df:СтавкаНДС"))
    assert told <= {"БезНДС", rate_name(2200)}
    assert ("НДС22" in told) == (act.totals.vat > 0)


@pytest.mark.parametrize("issuer", [Issuer(), PAYS_VAT, Issuer(vats=BASIC_RATE)])
def test_the_schema_would_take_it(issuer: Issuer) -> None:
    acts = [session_act(), period_builders.act(40, issuer=issuer)]
    for one in read(acts):
        assert faults(one, etree.QName(one).localname) == []


def test_the_schema_would_refuse_it() -> None:
    """Each kind of fault is seen by our spelling of the schema."""
    for path, change in (
        ("Услуги/Строка/Цена", lambda one: setattr(one, "text", "1.001")),
        ("Услуги/Строка/Количество", lambda one: one.getparent().remove(one)),
        ("Валюта/Код", lambda one: one.getparent().append(one)),
        ("КлючевыеСвойства/Ссылка", lambda one: setattr(one, "text", "1")),
        ("Контрагент/ЮридическоеФизическоеЛицо", lambda one: one.getparent().remove(one)),
    ):
        sale = read([session_act()])[-1]
        change(sale.find("/".join(f"{{*}}{step}" for step in path.split("/"))))
        assert faults(sale, "Документ.РеализацияТоваровУслуг") != []


def test_references_are_known() -> None:
    """Every object that a document points at stands once in the file, before it."""
    first, second = (period_builders.act(n, issuer=PAYS_VAT) for n in (3, 9))
    second = replace(second, heading=replace(second.heading, number="U-2026-000002"))
    acts = [session_act(), first, second]
    body = read(acts)
    named: dict[str, str] = {}
    for one in body:
        tag, ref = etree.QName(one).localname, one.findtext("{*}КлючевыеСвойства/{*}Ссылка")
        assert ref not in named
        named[ref] = tag
        if tag.startswith("Документ"):
            for path in (
                "Контрагент",
                "ДанныеВзаиморасчетов/Договор",
                "Услуги/Строка/Номенклатура",
            ):
                used = one.iterfind(
                    "/".join(f"{{*}}{step}" for step in (*path.split("/"), "Ссылка"))
                )
                assert {ref.text for ref in used} <= named.keys()
    kinds = list(named.values())
    assert kinds.count("Справочник.Организации") == 1
    assert kinds.count("Справочник.Контрагенты") == 2
    assert kinds.count("Документ.РеализацияТоваровУслуг") == 3
    numbers = texts(body, f"{_SALE}/df:КлючевыеСвойства/df:Номер")
    assert numbers == [one.heading.number for one in acts]


def test_a_correction_changes_what_is_there() -> None:
    def ref(revision: int) -> str:
        body = read([period_builders.act(5, revision=revision)])
        return texts(body, f"{_SALE}/df:КлючевыеСвойства/df:Ссылка")[0]

    assert ref(1) == ref(2)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_people_type_stays_text(version: str) -> None:
    act = period_builders.act(2)
    bent = replace(
        act,
        customer=replace(act.customer, name=HOSTILE),
        lines=tuple(replace(one, topic=HOSTILE) for one in act.lines),
    )
    body = read([bent], version)
    assert len(texts(body, f"{_SALE}/df:Услуги/df:Строка")) == 2
    assert '<Строка>&"]]>' in texts(body, f"{_SALE}/df:Контрагент/df:Наименование")[0]


def test_what_gives_no_document() -> None:
    act = period_builders.act(2)
    for one in (replace(act, lines=act.lines[:0]), euro_builders.euro_act()):
        assert len(read([one])) == 0
