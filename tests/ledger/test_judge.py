"""The judge alone, without a database, against a model of plain dictionaries."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ledger.accounts import Account, AccountKind
from ledger.journals import Draft, HoldDraft, Leg, Status
from ledger.judge import Books, HoldFacts, Standing, judge
from tests.ledger.books import AT, CASH, move

PEOPLE = [Account(AccountKind.PREPAID, name) for name in ("p", "q", "r")]
PLACES = [*PEOPLE, CASH]
TODAY = AT.date()

drafts = st.lists(
    st.builds(
        lambda key, pair, minor: move(str(key), PLACES[pair[0]], PLACES[pair[1]], minor),
        st.integers(0, 12),
        st.permutations(range(4)).map(lambda order: order[:2]),
        st.integers(1, 500),
    ),
    max_size=25,
)
openings = st.lists(st.integers(0, 1000), min_size=3, max_size=3)


def books(opening: list[int]) -> Books:
    standings = {
        account: Standing(number, minor, 0, 1 if minor else 0, 0)
        for number, (account, minor) in enumerate(zip(PEOPLE, opening, strict=True))
    }
    return Books({**standings, CASH: Standing(9, -sum(opening), 0, 3, None)})


@given(openings, drafts)
def test_the_judge_agrees_with_a_model(opening: list[int], stream: list[Draft]) -> None:
    verdict = judge(stream, books(opening), TODAY)
    money = dict(zip(PLACES, [*opening, -sum(opening)], strict=True))
    known: dict[str, Draft] = {}
    for draft, result in zip(stream, verdict.results, strict=True):
        out, into = draft.legs
        if draft.key in known:
            same = known[draft.key] == draft
            assert result.status is (Status.DUPLICATE if same else Status.CONFLICT)
        elif out.account != CASH and money[out.account] + out.minor < 0:
            assert result.status is Status.INSUFFICIENT
            assert (result.account, result.available_minor) == (out.account, money[out.account])
        else:
            assert result.status is Status.POSTED
            known[draft.key] = draft
            money[out.account] += out.minor
            money[into.account] += into.minor
    assert {a: s.balance for a, s in verdict.standings.items()}.items() <= money.items()
    assert sum(money.values()) == 0


@given(openings, drafts)
def test_lines_make_unbroken_chains(opening: list[int], stream: list[Draft]) -> None:
    verdict = judge(stream, books(opening), TODAY)
    last = {standing.id: standing for standing in books(opening).standings.values()}
    sums: dict[tuple[int, str], int] = {}
    lines = verdict.lines
    for id, version, place, minor, balance in zip(
        lines.accounts, lines.versions, lines.postings, lines.minors, lines.balances, strict=True
    ):
        before = last[id]
        assert version == before.version + 1
        assert balance == before.balance + minor
        last[id] = replace(before, version=version, balance=balance)
        assert before.floor is None or last[id].available >= 0
        sums[place, "RUB"] = sums.get((place, "RUB"), 0) + minor
    assert not any(sums.values())
    assert [p.draft for p in verdict.postings] == [
        draft
        for draft, result in zip(stream, verdict.results, strict=True)
        if result.status is Status.POSTED
    ]


@given(openings, drafts, st.integers(0, 25))
def test_a_batch_is_its_drafts_one_by_one(
    opening: list[int], stream: list[Draft], cut: int
) -> None:
    whole = judge(stream, books(opening), TODAY)
    first = judge(stream[:cut], books(opening), TODAY)
    standings = {**books(opening).standings, **first.standings}
    posted = {p.draft.journal_id: p.req_hash for p in first.postings}
    second = judge(stream[cut:], Books(standings, posted), TODAY)
    assert [*first.results, *second.results] == whole.results
    assert [*first.postings, *second.postings] == whole.postings
    for column in ("accounts", "versions", "numbers", "minors", "balances"):
        halves = getattr(first.lines, column) + getattr(second.lines, column)
        assert halves == getattr(whole.lines, column)


def test_money_passes_through_an_account_within_one_journal() -> None:
    """Every entry on the way must leave enough, not only the last."""
    p, q, _ = PEOPLE
    through = (Leg(CASH, -100), Leg(p, 100), Leg(p, -100), Leg(q, 100))
    wrong_way = (Leg(p, -100), Leg(q, 100), Leg(CASH, -100), Leg(p, 100))
    drafts = [replace(move(k, CASH, p, 1), legs=legs) for k, legs in numbered(wrong_way, through)]
    results = judge(drafts, books([0, 0, 0]), TODAY).results
    assert [r.status for r in results] == [Status.INSUFFICIENT, Status.POSTED]


def numbered(*legs: tuple[Leg, ...]) -> list[tuple[str, tuple[Leg, ...]]]:
    return [(str(number), one) for number, one in enumerate(legs)]


def test_a_ceiling_is_a_limit_too() -> None:
    p = PEOPLE[0]
    limited = books([900, 0, 0])
    limited.standings[p] = replace(limited.standings[p], ceiling=1000)
    results = judge([move("a", CASH, p, 101), move("b", CASH, p, 100)], limited, TODAY).results
    assert [r.status for r in results] == [Status.CEILING, Status.POSTED]
    assert (results[0].needed_minor, results[0].available_minor) == (101, 100)


def test_a_hold_is_posted_once_in_a_batch() -> None:
    p, q, _ = PEOPLE
    held = books([100, 0, 0])
    held.standings[p] = replace(held.standings[p], held=100)
    held.holds["h"] = HoldFacts(p, 100, None)
    stream = [
        move("free", p, q, 1),
        move("a", p, q, 60, posts_hold="h"),
        move("b", p, q, 1, posts_hold="h"),
        move("rest", p, q, 40),
    ]
    statuses = [r.status for r in judge(stream, held, TODAY).results]
    assert statuses == [Status.INSUFFICIENT, Status.POSTED, Status.HOLD_ENDED, Status.POSTED]


def test_a_hold_asked_for_again_says_what_became_of_it() -> None:
    """Whose account it is stands in every answer; nothing is set aside twice."""
    p, q, _ = PEOPLE
    held = books([100, 100, 0])
    held.standings[p] = replace(held.standings[p], held=30)
    ends = {"lives": None, "paid": "post", "void": "void", "late": "expire"}
    held.holds.update({key: HoldFacts(p, 30, end) for key, end in ends.items()})
    asks = [HoldDraft(key, p, 30) for key in ends]
    asks += [HoldDraft("lives", p, 31), HoldDraft("lives", q, 30)]
    verdict = judge(asks, held, TODAY)
    assert [(result.status, result.account) for result in verdict.results] == [
        (Status.DUPLICATE, p),
        (Status.DUPLICATE, p),
        (Status.HOLD_ENDED, p),
        (Status.HOLD_ENDED, p),
        (Status.CONFLICT, p),
        (Status.CONFLICT, q),
    ]
    assert verdict.holds == []
    assert held.standings[p].held == 30


def test_what_was_refused_is_as_it_was() -> None:
    """The third leg of the refused draft finds nothing; the first two are taken back."""
    p, q, r = PEOPLE
    asks = [
        replace(move("a", p, q, 1), legs=(Leg(p, -60), Leg(q, 70), Leg(r, -10))),
        HoldDraft("h", p, 41),
        HoldDraft("i", p, 1),
        move("b", p, q, 60),
        move("c", p, q, 42, posts_hold="h"),
    ]
    start = books([100, 0, 5])
    verdict = judge(asks, start, TODAY)
    assert [result.status.value for result in verdict.results] == [
        "insufficient",
        "held",
        "held",
        "insufficient",
        "hold_mismatch",
    ]
    assert set(verdict.standings) == {p}
    assert start.standings[p] == Standing(0, 100, 42, 1, 0)
    assert start.standings[q] == Standing(1, 0, 0, 0, 0)
    assert start.standings[r] == Standing(2, 5, 0, 1, 0)
    assert len(verdict.lines) == 0
    assert verdict.holds == [asks[1], asks[2]]
