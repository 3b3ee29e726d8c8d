"""Whatever is changed in the columns of a record, or in what records share, is found at that record."""

from pathlib import Path

import pytest

from tests.store.tampering import (
    CORRECTION,
    COUNT,
    EVENT,
    LATE,
    SEQS,
    faults,
    log,
    pk,
    public_of,
    rewrite,
    sound,
    tampered,
)

__all__ = ["log", "sound"]


@pytest.mark.parametrize("seq", SEQS)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "UPDATE record SET form = (SELECT no FROM form WHERE text LIKE '%phone%')",
            "its text or the hash was changed",
        ),
        ("UPDATE record SET form = (SELECT no FROM form WHERE text LIKE '%\"sent\"%')", "cannot be read as a record"),
        ("UPDATE record SET form = 1000", "cannot be read as a record"),
        ("UPDATE record SET form = NULL", "cannot be read as a record"),
        ("UPDATE record SET form = NULL, rest = x''", "cannot be read as a record"),
        ("UPDATE record SET rest = x'91c0'", "cannot be read as a record"),
        ("UPDATE record SET recorded_at = recorded_at + 1", "its text or the hash was changed"),
        ("UPDATE record SET recorded_at = NULL", "cannot be read as a record"),
        ("UPDATE record SET recorded_at = recorded_at + 1, lag = lag + 1", "its text or the hash was changed"),
        ("UPDATE record SET lag = lag + 1", "its text or the hash was changed"),
        ("UPDATE record SET lag = NULL", "cannot be read as a record"),
        ("UPDATE record SET commitment = zeroblob(32)", "its text or the hash was changed"),
        ("UPDATE record SET commitment = zeroblob(32)", "personal data is not what was recorded"),
        ("UPDATE record SET commitment = NULL", "cannot be read as a record"),
        ("UPDATE record SET leaf_start = leaf_start + 1", "its text or the hash was changed"),
        ("UPDATE record SET leaf_start = 1 << 62", "its text or the hash was changed"),
        ("UPDATE record SET id = zeroblob(16)", "its text or the hash was changed"),
        ("UPDATE record SET id = x''", "cannot be read as a record"),
        ("UPDATE record SET kind = (SELECT no FROM kind WHERE name = 'event')", "another kind of record"),
        ("UPDATE record SET kind = 1000", "another kind of record"),
        ("UPDATE record SET root = 1099511627788", "under another entry"),
        ("UPDATE record SET root = pk", "under another entry"),
        ("UPDATE record SET root = -1", "under another entry"),
        ("UPDATE record SET location = 2", "under another location"),
        (
            "UPDATE personal SET data = replaced(data, 'ada@', 'eve@')",
            "personal data is not what was recorded",
        ),
        ("UPDATE personal SET data = x''", "personal data is not what was recorded"),
        ("UPDATE personal SET data = x'93020000'", "personal data is not what was recorded"),
        ("UPDATE personal SET data = x'97'", "personal data is not what was recorded"),
        ("UPDATE personal SET data = x'7b7d'", "personal data is not what was recorded"),
        ("UPDATE personal SET salt = zeroblob(32)", "personal data is not what was recorded"),
        ("DELETE FROM personal", "personal data is missing"),
    ],
)
def test_each_field_of_each_record_counts(log: Path, seq: int, change: str, words: str) -> None:
    with tampered(log) as connection:
        assert connection.execute(f"{change} WHERE pk = ?", (pk(seq),)).rowcount == 1
    found = faults(log)
    assert {fault.seq for fault in found} == {seq}
    assert any(words in fault.words for fault in found), found


@pytest.mark.parametrize("seq", SEQS)
@pytest.mark.parametrize(("old", "new"), [(b"email", b"phone"), (b"sender", b"Sender"), (b"}", b"} ")])
def test_other_bytes_in_the_place_of_a_record_are_found(log: Path, seq: int, old: bytes, new: bytes) -> None:
    with tampered(log) as connection:
        public = public_of(connection, seq)
        assert old in public
        rewrite(connection, seq, public.replace(old, new))
    assert "its text or the hash was changed" in {fault.words.split(": ")[-1] for fault in faults(log)}
    assert {fault.seq for fault in faults(log)} == {seq}


@pytest.mark.parametrize(
    ("change", "hit"),
    [
        ("UPDATE form SET text = replace(text, 'email', 'phone')", "was changed"),
        ("UPDATE form SET text = replace(text, 'sender', 'Sender')", "was changed"),
        ("UPDATE form SET text = 'x'", "cannot be read as a record"),
        ("DELETE FROM form", "cannot be read as a record"),
        ("UPDATE kind SET name = 'event'", "another kind of record"),
        ("DELETE FROM kind", "another kind of record"),
    ],
)
def test_words_that_records_share_count_for_each_of_them(log: Path, change: str, hit: str) -> None:
    with tampered(log) as connection:
        where = "no = (SELECT kind FROM record ORDER BY pk LIMIT 1)"
        if "form" in change:
            where = "no = (SELECT form FROM record ORDER BY pk LIMIT 1)"
        connection.execute("UPDATE kind SET name = 'other' WHERE name = 'event' AND 'event' IN (?)", (change[-6:-1],))
        assert connection.execute(f"{change} WHERE {where}").rowcount == 1
    found = {fault.seq for fault in faults(log) if hit in fault.words}
    assert found >= {*range(1, 10), *range(LATE + 1, COUNT // 2)}  # no more are listed than 1,000


@pytest.mark.parametrize("seq", [EVENT, CORRECTION])
def test_what_was_said_of_one_entry_cannot_be_hung_on_another(log: Path, seq: int) -> None:
    with tampered(log) as connection:
        connection.execute("UPDATE record SET root = ? WHERE pk = ?", (pk(1), pk(seq)))
    assert [(fault.seq, fault.words) for fault in faults(log)] == [
        (seq, "it does not match its stored hash: its text or the hash was changed")
    ]


@pytest.mark.parametrize("seq", [EVENT, CORRECTION])
@pytest.mark.parametrize("root", ["NULL", "pk", "1", str(pk(EVENT)), str(pk(COUNT + 1))])
def test_what_was_said_of_one_entry_cannot_be_hung_on_nothing(log: Path, seq: int, root: str) -> None:
    with tampered(log) as connection:
        connection.execute(f"UPDATE record SET root = {root} WHERE pk = ?", (pk(seq),))
    assert {fault.seq for fault in faults(log)} == {seq}


@pytest.mark.parametrize("seq", [1, EVENT, CORRECTION])
def test_a_raw_record_must_be_filed_as_it_says(log: Path, seq: int) -> None:
    with tampered(log) as connection:
        rewrite(connection, seq, public_of(connection, seq))
    assert faults(log) == []
    with tampered(log) as connection:
        connection.execute("UPDATE record SET id = zeroblob(16) WHERE pk = ?", (pk(seq),))
    assert "it is filed under another id than it says" in {fault.words for fault in faults(log)}
    with tampered(log) as connection:
        connection.execute("UPDATE record SET root = ? WHERE pk = ?", (pk(2), pk(seq)))
    assert "it is filed under another entry than it says" in {fault.words for fault in faults(log)}
