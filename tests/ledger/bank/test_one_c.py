"""1CClientBankExchange: what it says, and what is refused by the number of its line."""

from decimal import Decimal

import client_bank_1c
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.bank.errors import StatementRefused
from ledger.bank.formats import BYTES_MAX, read
from ledger.bank.statements import Line, Side
from tests.ledger.bank.writing import BANKS_FEES, NORTH, VECTOR, Bank, came, day, went

MONTH = Bank(
    [
        came(1, 1500, VECTOR, "Оплата по счёту № B-2026-000001"),
        went(1, 3_512, BANKS_FEES, "Комиссия"),
        came(3, 20, NORTH, "Аванс", "78"),
    ],
    opening=100_000,
)
TEXT = MONTH.one_c().decode("cp1251")


def why(data: bytes) -> tuple[str, str]:
    with pytest.raises(StatementRefused) as refused:
        read(data)
    return refused.value.code, refused.value.where


def changed(old: str, new: str, times: int = 1) -> bytes:
    assert old in TEXT
    return TEXT.replace(old, new, times).encode("cp1251")


def line_of(text: str) -> str:
    """The number of the first line that begins so."""
    return str(next(n for n, one in enumerate(TEXT.split("\r\n"), 1) if one.startswith(text)))


@pytest.mark.parametrize("version", ["1.01", "1.02", "1.03"])
@pytest.mark.parametrize(
    ("encoding", "bom"), [("cp1251", False), ("cp866", False), ("utf-8", False), ("utf-8", True)]
)
def test_every_version_and_encoding(version: str, encoding: str, bom: bool) -> None:
    found = read(MONTH.one_c(version=version, encoding=encoding, bom=bom))
    assert (found.format, found.encoding) == ("1c", encoding)
    [section] = found.sections
    assert (section.opening, section.closing) == (100_000, 100_000 + 150_000 - 3_512 + 2_000)
    assert (section.credited, section.debited) == (152_000, 3_512)
    assert (section.first_day, section.last_day) == (day(1), day(3))
    assert [line.minor for line in section.lines] == [-3_512, 150_000, 2_000]
    paid = section.lines[1]
    assert (paid.reference, paid.other.inn, paid.document_on) == ("17", "7805123456", day(1))
    assert paid.purpose == "Оплата по счёту № B-2026-000001"
    assert "Вектор" in paid.other.name


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 28),
            st.integers(-(10**9), 10**11).filter(bool),
            st.text(
                alphabet=st.characters(codec="cp1251", exclude_categories=("Cc", "Cf", "Z", "S")),
                max_size=30,
            ),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_as_the_library_of_others_reads_it(facts: list[tuple[int, int, str]]) -> None:
    """client-bank-1c on the same bytes: the same documents, sums and balances."""
    lines = [
        Line(day(n), minor, str(i), VECTOR, f"Текст {words}", day(n))
        for i, (n, minor, words) in enumerate(sorted(facts), 1)
    ]
    data = Bank(lines, opening=10**12).one_c()
    theirs = client_bank_1c.load(data)
    [ours] = read(data).sections
    assert Decimal(ours.opening) / 100 == theirs.accounts[0]["НачальныйОстаток"]
    assert Decimal(ours.closing) / 100 == theirs.accounts[0]["КонечныйОстаток"]
    told = {
        (one["Номер"], one["Сумма"], (one["НазначениеПлатежа"] or "").strip(), one["Дата"])
        for one in theirs.documents
    }
    assert told == {
        (one.reference, Decimal(abs(one.minor)) / 100, one.purpose, one.document_on)
        for one in ours.lines
    }


def test_what_the_standard_does_not_name_is_passed_over() -> None:
    found = read(changed("Номер=17", "НовоеПолеБанка=1\r\nНомер=17"))
    assert len(found.sections[0].lines) == 3


def test_sections_of_single_days() -> None:
    one, two = MONTH.one_c(0, 2).decode("cp1251"), MONTH.one_c(2, 3).decode("cp1251")
    start = two.index("СекцияРасчСчет")
    data = one.replace("КонецФайла\r\n", "") + two[start:]
    found = read(data.encode("cp1251"))
    assert [len(section.lines) for section in found.sections] == [2, 1]


def test_a_transfer_between_our_own_accounts_is_in_both() -> None:
    other = "40817810200000000019"
    into = Bank([came(1, 5, Side(account=MONTH.account), "перевод", "4")], account=other)
    out = Bank([went(1, 500, Side(account=other), "перевод", "4")], opening=700)
    head = out.one_c().decode("cp1251")
    section = into.one_c().decode("cp1251")
    section = section[section.index("СекцияРасчСчет") : section.index("СекцияДокумент")]
    data = head.replace("СекцияДокумент", section + "СекцияДокумент", 1).encode("cp1251")
    assert [(s.account, s.lines[0].minor) for s in read(data).sections] == [
        (MONTH.account, -500),
        (other, 500),
    ]


# --- hostile files


@pytest.mark.parametrize("lines", range(1, 20))
def test_a_truncated_file_is_refused(lines: int) -> None:
    """Cut after any line but the last: no part of it counts."""
    whole = TEXT.split("\r\n")
    cut = "\r\n".join(whole[: lines * (len(whole) - 2) // 20 + 1])
    assert why(cut.encode("cp1251"))[0] == "truncated"


def test_cut_in_the_middle_of_a_line() -> None:
    data = MONTH.one_c()
    assert why(data[: len(data) // 2])[0] in ("truncated", "bad_value")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("СекцияДокумент", "CекцияДокумент", "look_alikes"),  # Latin C
        ("НачальныйОстаток", "НачaльныйОстаток", "look_alikes"),  # Latin a
        ("Сумма=1500.00", "Суммa=1.00\r\nСумма=1500.00", "look_alikes"),
        ("Сумма=1500.00", "Сумма=15ОО.00", "bad_value"),  # letters for zeros
        ("Сумма=1500.00", "Сумма=1500.001", "bad_value"),
        ("Сумма=1500.00", "Сумма=-1500.00", "bad_value"),
        ("Сумма=1500.00", "Сумма=0.00", "bad_value"),
        ("Сумма=1500.00", "Сумма=1e3", "bad_value"),
        ("Сумма=1500.00", "Сумма=1500.00\r\nСумма=1.00", "malformed"),
        ("Сумма=1500.00", "Сумма=99999999999999999.00", "bad_value"),
        ("Сумма=1500.00", "Сумма=1400.00", "totals_differ"),
        ("ПлательщикИНН=7805123456", "ПлательщикИНН=78О5123456", "bad_value"),
        ("40702810138250123017", "4О702810138250123017", "bad_value"),
        ("ДатаПоступило=02.11.2026", "ДатаПоступило=31.02.2026", "bad_value"),
        ("ДатаПоступило=02.11.2026", "ДатаПоступило=2026-11-02", "bad_value"),
        ("ДатаПоступило=02.11.2026", "ДатаПоступило=", "bad_value"),
        ("ДатаПоступило=02.11.2026", "ДатаПоступило=02.12.2026", "totals_differ"),
        ("КонечныйОстаток=2484.88", "КонечныйОстаток=2484.89", "balance_differs"),
        ("НачальныйОстаток=1000.00", "НачальныйОстаток=", "no_balance"),
        ("ВсегоПоступило=1520.00", "ВсегоПоступило=1520.01", "totals_differ"),
        ("ВерсияФормата=1.03", "ВерсияФормата=2.00", "wrong_version"),
        ("000001\r\nНачальный", "00001\r\nНачальный", "bad_value"),
        ("КонецФайла", "КонецФайла\r\nСекцияДокумент=Платежное поручение", "malformed"),
        ("КонецРасчСчет", "КонецДокумента", "malformed"),
        ("ПолучательСчет=40702810938000000001", "ПолучательСчет=", "foreign_line"),
    ],
)  # fmt: skip
def test_a_fault_is_named(old: str, new: str, code: str) -> None:
    assert why(changed(old, new))[0] == code


def test_the_line_of_the_fault_is_named() -> None:
    assert why(changed("Сумма=1500.00", "Сумма=15ОО.00")) == ("bad_value", line_of("Сумма=1500"))
    assert why(changed("НачальныйОстаток", "НачaльныйОстаток"))[1] == line_of("НачальныйОст")


def test_no_account_at_all() -> None:
    start, end = TEXT.index("СекцияРасчСчет"), TEXT.index("КонецРасчСчет")
    bare = TEXT[:start] + TEXT[end + len("КонецРасчСчет\r\n") :]
    assert why(bare.encode("cp1251"))[0] == "no_account"


@pytest.mark.parametrize(
    ("base", "glued"),
    [
        ("cp1251", "cp866"),
        ("cp1251", "utf-8"),
        ("cp866", "cp1251"),
        ("cp866", "utf-8"),
        ("utf-8", "cp1251"),
        ("utf-8", "cp866"),
    ],
)
def test_encodings_that_were_glued_together(base: str, glued: str) -> None:
    """A document in another encoding than its file: its purpose would be read as rubbish."""
    one = MONTH.one_c(encoding=base)
    purpose = "НазначениеПлатежа=Оплата по счету В-2026-000001 за услуги связи".encode(glued)
    wanted = "НазначениеПлатежа=".encode(base)
    place = one.index(wanted)
    end = one.index(b"\r\n", place)
    code, where = why(one[:place] + purpose + one[end:])
    assert code in ("mixed_encodings", "wrong_encoding")
    assert int(where) == one.count(b"\n", 0, place) + 1
    value = wanted + "Оплата по счету за услуги связи".encode(glued)
    assert why(one[:place] + value + one[end:])[0] in ("mixed_encodings", "wrong_encoding")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"hello", "unknown_format"),
        (b"PK\x03\x04", "unknown_format"),
        (b"1CClientBankExchange\0", "malformed"),
        ("1CClientBankExchange\n".encode("utf-16"), "wrong_encoding"),
        (b"1CClientBankExchange\r\n\x98=1", "wrong_encoding"),
        (b"1CClientBankExchangeX\r\n", "unknown_format"),
        (b"x" * (BYTES_MAX + 1), "too_large"),
    ],
)
def test_what_is_no_statement(data: bytes, code: str) -> None:
    assert why(data)[0] == code


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_bytes_are_read_or_refused(data: st.DataObject) -> None:
    """Bytes changed, cut out and put in anywhere: never another error than a refusal."""
    whole = bytearray(MONTH.one_c(encoding=data.draw(st.sampled_from(["cp1251", "utf-8"]))))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        width = data.draw(st.integers(0, 30))
        whole[place : place + width] = data.draw(st.binary(max_size=8))
    try:
        found = read(bytes(whole))
    except StatementRefused:
        return
    for section in found.sections:
        assert section.opening + section.credited - section.debited == section.closing
