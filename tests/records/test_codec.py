"""Records as columns and back: the same bytes, whatever they are."""

import gzip
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.leaf import commitment, leaf_hash
from commlog_tui.ledger.record import decode_public
from commlog_tui.records.entry_fields import decode_personal
from commlog_tui.records.kinds import KINDS
from commlog_tui.records.part_codec import to_part
from commlog_tui.records.personal_codec import entry_part, to_packed, to_personal
from commlog_tui.records.public_codec import Columns, to_columns, to_public
from commlog_tui.records.uuids import uuid_bytes, uuid_text
from tests.records.golden import FILES

STORED: Final = Path(__file__).parents[1] / "store" / "files"
EARLIER: Final = ("version-1.db.gz", "version-2-projections-0.db.gz", "version-2.db.gz")
"""Logs of 0.1.0 and of layout 2."""
ID, ROOT = bytes(range(16)), bytes(range(16, 32))
LOCATION, SEQ = "quay", 12

texts = st.text(max_size=12)
integers = st.integers(-(1 << 53), 1 << 53)
uuids = st.uuids().map(str)
values = st.recursive(
    st.none() | st.booleans() | integers | texts | uuids | st.binary(min_size=32, max_size=32).map(bytes.hex),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    [
        "actor", "audience", "via", "source", "direction", "sent_at", "event", "at", "message_kind", "starts_at",
        "message_key", "reason", "channel", "matches", "reporter", "reported_at", "status", "expected", "entry",
        "about", "kind", "location", "seq", "id", "personal", "recorded_at", "100 %d", "%b",
    ]
) | st.from_regex(r"[a-z_%]{1,8}", fullmatch=True)  # fmt: skip
"""Every name that a column or a form has, and those of newer versions."""
public_parts = st.builds(
    lambda base, more: base | more,
    st.fixed_dictionaries(
        {
            "id": st.just(uuid_text(ID)),
            "kind": st.sampled_from(sorted(KINDS)) | texts,
            "location": st.just(LOCATION),
            "seq": st.just(SEQ),
            "actor": texts,
            "recorded_at": st.integers(0, 1 << 52),
            "personal": st.binary(min_size=32, max_size=32).map(bytes.hex),
        },
        optional={"sent_at": integers, "at": integers, "entry": st.just(uuid_text(ROOT)), "message_key": uuids},
    ),
    st.dictionaries(names, values, max_size=4),
)
addresses = st.lists(texts, max_size=3)
customers = st.fixed_dictionaries(
    {"id": texts | uuids, "name": st.none() | texts, "addresses": addresses, "numbers": addresses}
)
messages = st.fixed_dictionaries({"provider": texts, "id": texts})
attachments = st.lists(
    st.fixed_dictionaries({"name": texts, "size": integers, "sha256": texts}), min_size=1, max_size=2
)
entries = st.fixed_dictionaries(
    {
        "to": texts,
        "title": texts,
        "body": st.none() | texts,
        "code": st.none() | texts,
        "reference": st.none() | texts | uuids | uuids.map(str.upper),
        "customer": st.none() | customers,
    },
    optional={"message": messages, "attachments": attachments},
)
events = st.fixed_dictionaries(
    {"detail": st.none() | texts, "to": st.none() | texts},
    optional={"code": st.none() | texts, "event_id": texts, "message": messages},
)
personal_parts: st.SearchStrategy[Any] = entries | events | st.dictionaries(names | texts, values, max_size=4)


def stored(name: str) -> Iterator[Any]:
    """Give location, seq, public part, id, id of the root, leaf and personal part of a file's records."""
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", gzip.decompress((STORED / name).read_bytes()))
    yield from connection.execute(
        "SELECT location.id, pk & ?, public, record.id, CASE WHEN entry = pk THEN NULL ELSE ("
        "SELECT root.id FROM record AS root WHERE root.pk = record.entry) END, leaf, data "
        "FROM record JOIN location ON location.no = record.location LEFT JOIN personal USING (pk) ORDER BY pk",
        ((1 << 40) - 1,),
    ).fetchall()


@pytest.mark.parametrize("name", EARLIER)
def test_every_record_of_earlier_versions_comes_back_to_the_byte_and_to_the_leaf(name: str) -> None:
    forms, count = set[str](), 0
    for location, seq, public, record_id, root, leaf, data in stored(name):
        columns = to_columns(public, location, seq, record_id, root)
        assert columns.form is not None, public
        assert leaf_hash(to_public(columns, location, seq, record_id, root)) == leaf
        assert data is None or to_personal(to_packed(data)) == data
        forms.add(columns.form)
        count += 1
    assert count > len(forms) > 1


def test_the_golden_vectors_come_back_to_the_byte() -> None:
    for log in (log for file in FILES for log in json.loads(file.read_text(encoding="utf-8"))):
        for one in log["records"]:
            public = one["public"].encode()
            fields = json.loads(public)
            root = fields.get("entry") or fields.get("about")
            key: Any = (fields["location"], fields["seq"], uuid_bytes(fields["id"]), root and uuid_bytes(root))
            columns = to_columns(public, *key)
            assert columns.form is not None
            assert leaf_hash(to_public(columns, *key)).hex() == one["leaf"]
            if one["personal"] is not None:
                data = to_personal(to_packed(one["personal"].encode()))
                assert commitment(bytes.fromhex(one["salt"]), data) == columns.commitment


@given(public_parts, st.sampled_from([None, ROOT]))
def test_a_part_is_decoded_without_its_bytes(fields: dict[str, Any], root: bytes | None) -> None:
    public = canonical(fields)
    columns = to_columns(public, LOCATION, SEQ, ID, root)
    try:
        expected = decode_public(public)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            to_part(columns, LOCATION, SEQ, ID, root)
    else:
        assert to_part(columns, LOCATION, SEQ, ID, root) == expected


def test_two_records_alike_share_their_form() -> None:
    fields: dict[str, Any] = {"id": uuid_text(ID), "kind": "entry", "location": LOCATION, "seq": SEQ, "actor": "100 %d"}
    one = canonical(fields | {"recorded_at": 5, "sent_at": 3, "personal": "00" * 32})
    other = canonical(fields | {"recorded_at": 7, "sent_at": 1, "personal": "ff" * 32, "id": uuid_text(ROOT), "seq": 9})
    first, second = to_columns(one, LOCATION, SEQ, ID, None), to_columns(other, LOCATION, 9, ROOT, None)
    assert first.form == second.form is not None
    assert (first.lag, second.lag, first.rest) == (2, 6, None)


@given(public_parts, st.sampled_from([None, ROOT]))
def test_any_public_part_comes_back_to_the_byte(fields: dict[str, Any], root: bytes | None) -> None:
    public = canonical(fields)
    columns = to_columns(public, LOCATION, SEQ, ID, root)
    assert to_public(columns, LOCATION, SEQ, ID, root) == public
    assert to_columns(public, LOCATION, SEQ, ID, root, fields) == columns
    assert all(number is None or -(1 << 63) <= number < 1 << 63 for number in columns[1:3])


@given(st.binary(max_size=60) | public_parts.map(lambda fields: json.dumps(fields).encode()), st.binary(max_size=17))
def test_any_bytes_under_any_id_come_back(public: bytes, record_id: bytes) -> None:
    assert to_public(to_columns(public, LOCATION, SEQ, record_id, ROOT), LOCATION, SEQ, record_id, ROOT) == public


def test_a_field_of_a_newer_version_needs_no_raw_record() -> None:
    fields: dict[str, Any] = {
        "id": uuid_text(ID),
        "kind": "call-back",
        "location": LOCATION,
        "seq": SEQ,
        "actor": "x",
        "due": [1, None],
    }
    fields |= {"recorded_at": 5, "personal": "00" * 32, "topic": uuid_text(ROOT)}
    public = canonical(fields)
    columns = to_columns(public, LOCATION, SEQ, ID, None)
    assert columns.form is not None
    assert columns.rest is not None
    assert len(columns.rest) < 24


damaged = st.builds(
    Columns,
    st.none() | texts | values.map(lambda value: canonical(value).decode()) | st.dictionaries(
        names, st.just(0) | texts, max_size=6
    ).map(lambda form: canonical(form).decode()),
    st.none() | integers,
    st.none() | integers,
    st.none() | st.binary(max_size=33),
    st.none() | st.binary(max_size=20),
)  # fmt: skip


@given(damaged, st.binary(max_size=17), st.none() | st.binary(max_size=17))
def test_damaged_columns_are_an_error_or_other_bytes(columns: Columns, record_id: bytes, root: bytes | None) -> None:
    with suppress(ValueError):
        assert isinstance(to_public(columns, LOCATION, SEQ, record_id, root), bytes)


@given(personal_parts)
def test_any_personal_part_comes_back_to_the_byte(fields: dict[str, Any]) -> None:
    data = canonical(fields)
    assert to_personal(to_packed(data)) == data


@given(st.binary(max_size=60) | personal_parts.map(lambda fields: json.dumps(fields).encode()))
def test_any_bytes_come_back(data: bytes) -> None:
    assert to_personal(to_packed(data)) == data


@given(entries)
def test_an_entry_is_read_without_its_json(fields: dict[str, Any]) -> None:
    data = canonical(fields)
    content = decode_personal(data)
    assert entry_part(to_packed(data)) == content
    assert to_packed(data, content) == to_packed(data)
    assert to_personal(to_packed(canonical(content), content)) == canonical(content)


@given(st.binary(max_size=40) | personal_parts.map(lambda fields: to_packed(canonical(fields))[:-1]))
def test_damaged_personal_parts_are_an_error_or_other_bytes(packed: bytes) -> None:
    for read in (to_personal, entry_part):
        with suppress(ValueError):
            assert read(packed) is not None


def test_what_an_entry_repeats_is_stored_once() -> None:
    customer = {
        "id": uuid_text(ROOT),
        "name": "Ada Byron",
        "addresses": ["ada@example.com"],
        "numbers": ["07700 900123"],
    }
    fields = {"to": "07700 900123", "title": "Reminder", "body": None, "code": "KB-1", "reference": uuid_text(ID)}
    data = canonical(fields | {"customer": customer})
    assert len(to_packed(data)) < len(data) * 0.45


@pytest.mark.parametrize(
    "text", ["", "0" * 36, uuid_text(ID).upper(), f"{{{uuid_text(ID)}}}", uuid_text(ID)[:-1] + "é"]
)
def test_only_a_uuid_in_canonical_form_is_16_bytes(text: str) -> None:
    assert uuid_bytes(text) is None
    assert uuid_bytes(uuid_text(ID)) == ID


@pytest.mark.parametrize(
    "change",
    [
        {"rest": b"\x92\x01\x01"},
        {"rest": b"\x90"},
        {"lag": None},
        {"recorded_at": None},
        {"commitment": None},
        {"form": ""},
        {"form": "{}"},
        {"form": None, "rest": None},
    ],
)
def test_columns_that_do_not_fit_the_form_are_an_error(change: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"id": uuid_text(ID), "kind": "entry", "location": LOCATION, "seq": SEQ, "actor": "x"}
    public = canonical(fields | {"recorded_at": 5, "sent_at": 3, "personal": "00" * 32, "starts_at": 8})
    columns = to_columns(public, LOCATION, SEQ, ID, None)
    assert columns.form is not None
    with pytest.raises(ValueError, match=r"form|rest|values|bytes"):
        to_public(columns._replace(**change), LOCATION, SEQ, ID, None)


def test_an_array_with_more_than_its_shape_is_an_error() -> None:
    with pytest.raises(ValueError, match="length"):
        to_personal(b"\x94\x02\xc0\xc0\xc0")
