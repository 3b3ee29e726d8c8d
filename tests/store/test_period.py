"""A walk keeps to its period and to what is behind a position, by one condition on each side."""

from contextlib import closing

import apsw
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.store.sqlite.period import Period

limits = st.none() | st.integers(0, 6)
periods = st.builds(Period, limits, limits)
ENTRIES = [(sent_at, pk) for sent_at in range(7) for pk in range(3)]


@given(periods, st.none() | st.tuples(st.integers(0, 6), st.integers(0, 3)), st.booleans(), limits, limits)
def test_a_period_keeps_what_lies_in_it(
    period: Period, behind: tuple[int, int] | None, rising: bool, since: int | None, until: int | None
) -> None:
    conditions = period.within(since, until).conditions(behind, rising=rising)
    sql = " AND ".join(["SELECT sent_at, pk FROM entry WHERE 1", *(one.sql for one in conditions)])
    with closing(apsw.Connection(":memory:")) as connection:
        connection.execute("CREATE TABLE entry (sent_at INTEGER, pk INTEGER)")
        connection.executemany("INSERT INTO entry VALUES (?, ?)", ENTRIES)
        found = connection.execute(sql, [value for one in conditions for value in one.values]).fetchall()
    expected = [
        entry
        for entry in ENTRIES
        if all(one is None or entry[0] >= one for one in (period.since, since))
        and all(one is None or entry[0] < one for one in (period.until, until))
        and (behind is None or (entry > behind if rising else entry < behind))
    ]
    assert sorted(found) == expected
    for sign in "<>":
        assert sum(sign in one.sql for one in conditions) <= 1, "SQLite would begin at either"
