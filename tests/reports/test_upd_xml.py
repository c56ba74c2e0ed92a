"""The file of a transfer document: read back by another parser than the one that wrote it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from reports.issuer import Issuer
from reports.upd import Upd, UpdParty, buyer_faults
from reports.upd_rules import faults
from reports.upd_xml import file_id, price, written
from tests.reports.period_builders import PAYS_VAT
from tests.reports.test_upd import BUYER, DAY, period

SIDES = {
    "СвЮЛУч": BUYER,
    "СвИП": UpdParty("ИП Ким Марина Олеговна", "500100732259", address="Тверь"),
    "СвФЛУч": UpdParty("Мария Иванова", "500100732259", address="Тверь"),
}


def read(made: Upd) -> etree._Element:
    name, data = written(made)
    assert faults(name, data) == []
    return etree.fromstring(data)


def test_every_kind_of_side_keeps_the_rules() -> None:
    for tag, side in SIDES.items():
        for issuer in (None, PAYS_VAT):
            root = read(period(5, issuer, side))
            assert root.find(f".//СвПокуп/ИдСв/{tag}") is not None
    one_word = read(period(5, None, UpdParty("Мария")))
    assert one_word.find(".//СвФЛУч").get("ИныеСвед") == "Мария"
    entrepreneur = Issuer(name="ИП Орлова Елена Викторовна", tax_id="ИНН 500100732259")
    person = read(period(5, entrepreneur)).find(".//СвПрод/ИдСв/СвИП/ФИО")
    assert dict(person.attrib) == {"Фамилия": "Орлова", "Имя": "Елена", "Отчество": "Викторовна"}


def test_an_invoice_for_vat() -> None:
    made = replace(period(40, PAYS_VAT), correction=(1, DAY))
    root = read(made)
    assert root[0].get("Функция") == "СЧФДОП"
    line = root.find(".//СведТов")
    assert (line.get("НалСт"), line.get("ОКЕИ_Тов")) == ("22%", "355")
    facts = [child.tag for child in root.find(".//СвСчФакт")]
    assert facts == ["ИспрДок", "СвПрод", "ДокПодтвОтгрНом", "СвПокуп", "ДенИзм"]
    over = root.find(".//СвПер")
    assert (over.get("ДатаНачПер"), over.get("ДатаОконПер")) == ("01.10.2026", "31.10.2026")


def test_the_same_paper_gives_the_same_file() -> None:
    assert written(period()) == written(period())
    other = period(buyer=replace(BUYER, id="2BM-7707083893-1"))
    assert file_id(other).startswith("ON_NSCHFDOPPR_2BM-7707083893-1_7799123455779901001_20261121_")
    assert file_id(other) != file_id(period())


def test_hostile_text_is_text() -> None:
    name = 'ООО "<a>&amp;" ₽\u202f\u2212\x1b\ud800 ☺ עברית ' + "x" * 900
    root = read(period(5, None, replace(BUYER, name=name)))
    back = root.find(".//СвПокуп/ИдСв/СвЮЛУч").get("НаимОрг")
    assert back.startswith('ООО "<a>&amp;" руб. - ☺ עברית xxx')
    assert back.endswith(" " + "x" * 900)


@settings(max_examples=25)
@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["", "500100732259"]))
def test_any_text_is_written_or_refused(name: str, address: str, inn: str) -> None:
    side = UpdParty(name, inn, "", address)
    if wrong := buyer_faults(side):
        assert set(wrong) <= {"name", "address"}
    else:
        read(period(3, None, side))


def test_a_price_times_the_quantity_is_the_sum() -> None:
    for net in (1, 99, 12_345_67, 10**12):
        for quantity in (1, 3, 7, 59, 1439):
            whole, _, part = price(net, quantity).partition(".")
            scaled = int(whole + part.ljust(11, "0")) * quantity
            assert abs(scaled - net * 10**9) <= quantity
