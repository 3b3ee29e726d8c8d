"""What is made of many records at once is what is made of each."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.leaf import commitment, commitments, leaf_hash, leaf_hashes
from commlog_tui.records.personal_batch import to_packed_parts, to_personals
from commlog_tui.records.personal_codec import to_packed, to_personal
from commlog_tui.records.public_batch import PublicBatch
from commlog_tui.records.public_codec import Columns, to_columns, to_public
from commlog_tui.records.uuids import uuid_text, uuid_texts
from tests.records.test_codec import LOCATION, ROOT, personal_parts, public_parts

ids = st.binary(min_size=16, max_size=16)


def one_by_one(packed: Sequence[bytes | None]) -> list[bytes | None]:
    made: list[bytes | None] = [b""] * len(packed)
    for at, one in enumerate(packed):
        with suppress(ValueError):
            made[at] = None if one is None else to_personal(one)
    return made


@given(st.lists(ids))
def test_texts_of_ids_lie_behind_each_other(packed: list[bytes]) -> None:
    assert uuid_texts(b"".join(packed)).decode() == "".join(map(uuid_text, packed))


@given(st.lists(st.tuples(st.binary(min_size=32, max_size=32) | st.binary(max_size=70), st.binary())))
def test_hashes_of_many_are_those_of_each(pairs: list[tuple[bytes, bytes]]) -> None:
    salts, parts = [salt for salt, _ in pairs], [part for _, part in pairs]
    assert commitments(salts, parts) == list(map(commitment, salts, parts))
    same = [salt for salt in salts if len(salt) == 32]
    assert commitments(same, parts[: len(same)]) == list(map(commitment, same, parts))
    assert leaf_hashes(parts) == list(map(leaf_hash, parts))


@given(st.lists(personal_parts.map(canonical).map(to_packed) | st.binary(max_size=9) | st.none(), max_size=6))
def test_personal_parts_of_many_are_those_of_each(packed: list[bytes | None]) -> None:
    stated = [one for one in one_by_one(packed) if one]
    assert to_packed_parts((one, None) for one in stated + stated) == list(map(to_packed, stated + stated))
    cut = [one[:-1] if one is not None and len(one) % 5 == 0 else one for one in packed]
    for parts in (packed, cut, packed + cut):
        assert to_personals(parts) == one_by_one(parts)


@given(
    st.lists(st.tuples(public_parts, st.none() | st.just(ROOT)), min_size=1, max_size=2),
    st.sampled_from([{}, {"lag": None}, {"lag": 5}, {"recorded_at": None}, {"commitment": b"x"}, {"rest": b"\x90"}]),
)
def test_public_parts_of_many_are_those_of_each_or_are_left_to_it(
    parts: list[tuple[dict[str, Any], bytes | None]], change: dict[str, Any]
) -> None:
    for fields, root in parts:
        numbered = [fields | {"seq": seq, "id": uuid_text(bytes([seq] * 16))} for seq in (7, 8, 9)]
        keys: list[Any] = [(LOCATION, one["seq"], bytes([one["seq"]] * 16), root) for one in numbered]
        rows = [to_columns(canonical(one), *key) for one, key in zip(numbered, keys, strict=True)]
        rows[1] = rows[1]._replace(**change)
        compare(rows, keys)


def batch_of(rows: list[Columns], keys: list[Any]) -> PublicBatch:
    recorded_at, lags, hashes, rests = zip(*(row[1:] for row in rows), strict=True)
    _, seqs, own, roots = zip(*keys, strict=True)
    return PublicBatch(recorded_at, lags, hashes, rests, LOCATION, seqs, own, roots)


def compare(rows: list[Columns], keys: list[Any]) -> None:
    form = rows[0].form
    if form is None or any(row.form != form for row in rows):
        return
    with suppress(ValueError):
        made = batch_of(rows, keys).made(form, [0, 1, 2])
        assert made == [to_public(row, *key) for row, key in zip(rows, keys, strict=True)]


def test_sound_columns_are_made_at_once() -> None:
    fields: dict[str, Any] = {
        "kind": "event", "location": LOCATION, "actor": "100 %", "recorded_at": 5, "at": 3, "personal": "0a" * 32,
        "entry": uuid_text(ROOT), "message_key": "x", "reported_at": 8,
    }  # fmt: skip
    records = [fields | {"seq": seq, "id": uuid_text(bytes([seq] * 16))} for seq in range(1, 5)]
    keys: list[Any] = [(LOCATION, one["seq"], bytes([one["seq"]] * 16), ROOT) for one in records]
    rows = [to_columns(canonical(one), *key) for one, key in zip(records, keys, strict=True)]
    made = batch_of(rows, keys).made(str(rows[0].form), [3, 1])
    assert made == [canonical(records[3]), canonical(records[1])]
