"""Whatever plan is chosen, it finds what brute force finds, in the same order."""

from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.search_matching import Texts
from commlog_tui.contract.search_terms import parse
from commlog_tui.store.search.lookups import Limits
from commlog_tui.store.search.planner import Lead, plan
from tests.store.search.plain import PlainLog, Row

WORDS = ("isla", "isl", "bakker", "gate", "code", "kb-1", "kb-12", "900123", "7d3a", "a", "refund", "zoe@x.com")
LIMITS = st.builds(Limits, *[st.integers(0, 4)] * 6)
LINES = st.lists(st.sampled_from(WORDS), max_size=3).map(tuple)


@st.composite
def logs(draw: st.DrawFn) -> PlainLog:
    """Rows of a few people; each has the lines that its person has."""
    people = draw(st.lists(LINES, min_size=1, max_size=5))
    rows = []
    for _ in range(draw(st.integers(0, 25))):
        person = draw(st.integers(0, len(people) - 1))
        title, text = " ".join(draw(LINES)), draw(LINES)
        code, reference = draw(st.sampled_from(["", "kb-12", "isla"])), draw(st.sampled_from(["", "7d3a" * 8]))
        is_redacted = draw(st.integers(0, 9)) == 0
        texts = (
            Texts()
            if is_redacted
            else Texts(people[person], title, code, reference, tuple(w for w in text if w.isalpha()))
        )
        rows.append(Row(-1 if is_redacted else person, texts, draw(st.integers(0, 1))))
    return PlainLog(rows)


@given(logs(), st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), st.sampled_from([None, 0, 1]), LIMITS)
def test_every_plan_finds_what_brute_force_finds(
    log: PlainLog, words: list[str], via: int | None, limits: Limits
) -> None:
    terms = parse(" ".join(words), "GB")
    assert log.search(terms, via, limits) == log.brute_force(terms, via)
    assert log.search(terms, via, limits, is_whole=True) == log.brute_force(terms, via)


def test_a_term_that_is_nowhere_ends_the_search() -> None:
    log = PlainLog([Row(1, Texts(("isla",), "gate"))])
    assert plan(parse("isla zzqq", "GB"), log, 50, None, Limits(few=0)) is None
    assert plan(parse("isla gate", "GB"), log, 50, None, Limits(few=0)) is not None


def test_words_of_one_person_are_intersected_before_they_are_called_frequent() -> None:
    rows = [Row(no, Texts((f"isla {no}",), "t")) for no in range(40)]
    rows += [Row(40 + no, Texts((f"{no} bakker",), "t")) for no in range(40)]
    rows.append(Row(99, Texts(("isla bakker",), "t")))
    found = plan(parse("isla bakker", "GB"), PlainLog(rows), 50, None, Limits(people=20, few=0))
    assert found is not None
    assert [(branch.lead, branch.numbers) for branch in found.branches] == [(Lead.PEOPLE, (99,))]
    assert found.conditions == ()


def test_few_entries_that_filters_leave_are_looked_at_one_by_one() -> None:
    log = PlainLog([Row(no, Texts(("isla",), "gate")) for no in range(9)])
    found = plan(parse("isla", "GB"), log, 50, 3, Limits(few=3))
    assert found is not None
    assert [branch.lead for branch in found.branches] == [Lead.ALL]
