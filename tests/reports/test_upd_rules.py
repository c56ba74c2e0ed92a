"""Whatever breaks a rule of format 5.03 is found and named."""

import re

import pytest

from reports.upd_rules import faults
from reports.upd_xml import written
from tests.reports.period_builders import PAYS_VAT
from tests.reports.test_upd import BUYER, period

NAME, SOUND = written(period(5, PAYS_VAT, BUYER))
TEXT = SOUND.decode("cp1251")
BREAKS = {
    "КНД": ('КНД="1115131"', 'КНД="1115125"'),
    "version": ('ВерсФорм="5.03"', 'ВерсФорм="5.02"'),
    "function": ('Функция="СЧФДОП"', 'Функция="СЧФ"'),
    "due name": ('НаимДокОпр="', 'НаимДок="'),
    "time": ('ВремИнфПр="', 'ВремИнфПр="9'),
    "no day": ('ДатаНачПер="01.10', 'ДатаНачПер="31.02'),
    "half a period": (' ДатаОконПер="31.10.2026"', ""),
    "backwards": ('ДатаОконПер="31.10.2026"', 'ДатаОконПер="30.09.2026"'),
    "inn": ("7707083893", "7707083894"),
    "inn of zeros": ('ИННЮЛ="7707083893"', 'ИННЮЛ="0007083893"'),
    "kpp": ('КПП="773601001"', 'КПП="7736-1001"'),
    "rate": ('НалСт="22%"', 'НалСт="21%"'),
    "another rate": ('НалСт="22%"', 'НалСт="10%"'),
    "order": ("<ДенИзм", "<Валюта"),
    "number of a line": ('НомСтр="2"', 'НомСтр="3"'),
    "sum": ('СтТовУчНал="', 'СтТовУчНал="1'),
    "total": ('СтТовУчНалВсего="', 'СтТовУчНалВсего="1'),
    "measure": ('КолТов="', 'КолТов="1'),
    "nothing measured": ('КолТов="5"', 'КолТов="0.0"'),
    "comma": ('СтТовБезНДСВсего="', 'СтТовБезНДСВсего="1,'),
    "excise": ("без акциза", "нет"),
    "right to sign": ('СпосПодтПолном="1"', 'СпосПодтПолном="3"'),
    "surname": ('Фамилия="Орлова"', 'Фамилия=""'),
    "not XML": ("</Файл>", ""),
    "encoding": ("windows-1251", "utf-8"),
    "entity": ("<Файл ", "<!DOCTYPE Файл [<!ENTITY x 'y'>]><Файл x='&x;' "),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_each_break_is_found(broken: str) -> None:
    old, new = BREAKS[broken]
    assert old in TEXT
    assert faults(NAME, TEXT.replace(old, new, 1).encode("cp1251"))


def test_what_is_due_for_an_invoice_and_the_name() -> None:
    assert faults(NAME, SOUND) == []
    assert faults("other.xml", SOUND) == ["the name of the file is not its ИдФайл"]
    begin, end = TEXT.index("<Адрес>"), TEXT.index("</Адрес>") + len("</Адрес>")
    assert faults(NAME, (TEXT[:begin] + TEXT[end:]).encode("cp1251")) == [
        "СвПрод/Адрес is due for СЧФДОП"
    ]
    begin, end = TEXT.index("<СвПродПер>"), TEXT.index("</СвПродПер>") + len("</СвПродПер>")
    assert faults(NAME, (TEXT[:begin] + TEXT[end:]).encode("cp1251")) == [
        "СвПродПер is due for СЧФДОП"
    ]


def test_an_invoice_has_a_price() -> None:
    free = re.sub('ЦенаТов="[^"]+"', 'ЦенаТов="0"', TEXT, count=1)
    assert "line 1: a price above zero is due for СЧФДОП" in faults(NAME, free.encode("cp1251"))
    plain = free.replace('Функция="СЧФДОП"', 'Функция="ДОП"')
    assert not [one for one in faults(NAME, plain.encode("cp1251")) if "due for" in one]
