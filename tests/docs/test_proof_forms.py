"""Script and program agree on how a bundle may be written, and on what its records may say."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.docs.agreement import ONE, TWO, UNREADABLE, VERIFIES, WRONG, Judges, rotated, vkey
from tests.ledger.bundles import FIRST, MemoryLog, a_bundle, a_log

Document = dict[str, Any]
SOUND = rotated(ONE, TWO).write()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"seq": 3', b'"seq": 3 ', VERIFIES),
        (b'"seq": 3', b'"seq": 3.0', WRONG),
        (b'"seq": 3', b'"seq": 3e0', WRONG),
        (b'"seq": 3', b'"seq": "3"', WRONG),
        (b'"seq": 1', b'"seq": true', WRONG),
        (b'"seq": 3', b'"seq": 3, "seq": 3', WRONG),
        (b'"seq": 3', b'"seq": 9, "seq": 3', WRONG),
        (b'"seq": 3', b'"seq": 3, "more": 1', WRONG),
        (b'"seq": 3', b'"seq": null', WRONG),
        (b'"seq": 3', b'"seq": -3', WRONG),
        (b'"seq": 3', b'"seq": 03', WRONG),
        (b'"seq": 3', b'"seq": NaN', WRONG),
        (b'"seq": 3', b'"seq": Infinity', WRONG),
        (b'"seq": 3', b'"seq": 1e400', WRONG),
        (b'"seq": 3', b'"seq": ' + b"9" * 30, WRONG),
        (b'"seq": 3', b'"seq": ' + b"9" * 5_000, WRONG),
        (b'"format"', b'"more": NaN, "format"', WRONG),
        (b'"format"', b'"more": [], "format"', WRONG),
        (b'"format"', b'"more": ' + b"[" * 100_000 + b"]" * 100_000 + b', "format"', WRONG),
        (b'"format"', b'"format": "commlog proof v1", "format"', WRONG),
        (b'"id"', b'"id": "x", "id"', WRONG),
        (b'"id"', b'"note": "x", "id"', WRONG),
        (b'"entries"', b'"entrie\\u0073": [], "entries"', WRONG),
        (b'"entries"', b'"entrie\\u0073"', VERIFIES),
        (b'"commlog proof v1"', b'["commlog proof v1"]', WRONG),
        (b"mailer", b"\\ud800", WRONG),
        (b"ada@", b"\\ud800", WRONG),
        (b'"key": "', b'"key": "\\ud800', WRONG),
        (b"ada@", b"\xff", WRONG),
        (b"ada@", b"\x00", WRONG),
        (b"{", b"\xef\xbb\xbf{", WRONG),
        (b"{", b"[{", WRONG),
        (b"{", b" \n{", VERIFIES),
        (b"{", b"// {", WRONG),
    ],
)
def test_how_a_bundle_may_be_written(judges: Judges, old: bytes, new: bytes, code: int) -> None:
    assert old in SOUND
    assert judges.code(SOUND.replace(old, new, 1), vkey(ONE)) == code


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"[]", b"null", b"3", b"\xff\xfe{\x00}\x00", SOUND[:-9], SOUND * 2, SOUND.decode().encode("utf-16")],
)
def test_what_is_no_bundle(judges: Judges, raw: bytes) -> None:
    assert judges.code(raw, vkey(ONE)) == WRONG
    assert judges.code(raw) == WRONG
    assert judges.code(raw, "nonsense") == UNREADABLE


def own_record(change: Callable[[Document], str]) -> bytes:
    """A bundle that a log with odd records of its own has signed: the first is as it is changed."""
    log = a_log()
    log.rows[0] = (change(json.loads(log.rows[0][0])), *log.rows[0][1:])
    return log.bundle((FIRST, (1, 3, 5)), keys=[ONE]).write()


RECORDS: dict[str, tuple[Callable[[Document], str], int]] = {
    "a field of a newer version": (lambda record: json.dumps(record | {"more": ["x", 1, None]}), VERIFIES),
    "seq as a fraction": (lambda record: json.dumps(record | {"seq": 1.0}), WRONG),
    "seq as true": (lambda record: json.dumps(record | {"seq": True}), WRONG),
    "another seq": (lambda record: json.dumps(record | {"seq": 2}), WRONG),
    "no actor": (lambda record: json.dumps({name: record[name] for name in record if name != "actor"}), WRONG),
    "no kind": (lambda record: json.dumps({name: record[name] for name in record if name != "kind"}), WRONG),
    "a kind of a newer version that is about nothing": (lambda record: json.dumps(record | {"kind": "task"}), VERIFIES),
    "an entry about an entry": (lambda record: json.dumps(record | {"entry": FIRST}), WRONG),
    "an entry about null": (lambda record: json.dumps(record | {"entry": None}), VERIFIES),
    "an entry about a number": (lambda record: json.dumps(record | {"entry": 1}), WRONG),
    "a time as text": (lambda record: json.dumps(record | {"sent_at": "now"}), WRONG),
    "a huge time": (lambda record: json.dumps(record | {"sent_at": 10**30}), VERIFIES),
    "via as a number": (lambda record: json.dumps(record | {"via": 3}), WRONG),
    "via null": (lambda record: json.dumps(record | {"via": None}), WRONG),
    "a via that is unknown": (lambda record: json.dumps(record | {"via": "pigeon"}), VERIFIES),
    "a source that is unknown": (lambda record: json.dumps(record | {"source": "oracle"}), VERIFIES),
    "a field twice": (lambda record: json.dumps(record)[:-1] + ', "seq": 1}', WRONG),
    "NaN": (lambda record: json.dumps(record | {"more": float("nan")}), WRONG),
    "a commitment beyond ASCII": (
        lambda record: json.dumps(record | {"personal": "\u00eb" * 64}, ensure_ascii=False),
        WRONG,
    ),
    "no object": (lambda _: "[]", WRONG),
    "nothing": (lambda _: "", WRONG),
    "another location": (lambda record: json.dumps(record | {"location": "pier"}), WRONG),
}


@pytest.mark.parametrize("name", RECORDS)
def test_what_a_record_may_say(judges: Judges, name: str) -> None:
    change, code = RECORDS[name]
    assert judges.code(own_record(change), vkey(ONE)) == code


def test_a_record_of_a_kind_that_a_newer_version_makes_verifies(judges: Judges) -> None:
    log = a_log()
    log.add("reaction", FIRST, {"mood": "glad"})
    assert judges.code(log.bundle((FIRST, (1, 3, 5, 8)), keys=[ONE]).write(), vkey(ONE)) == VERIFIES


@pytest.mark.parametrize(
    ("forgotten", "code"),
    [
        ((1, 3, 5), VERIFIES),
        ((1,), VERIFIES),
        ((), VERIFIES),
        ((1, 3, 5, 8), WRONG),
        ((9,), VERIFIES),
        ((10,), WRONG),
        ((1, 11), WRONG),
    ],
)
def test_what_a_redaction_may_have_removed(judges: Judges, forgotten: tuple[int, ...], code: int) -> None:
    log = a_log()
    log.add("redaction", FIRST, {"reason": "asked"})
    log.event(FIRST, "opened")
    log.add("redaction", FIRST, {"reason": "asked again"})
    log.event(FIRST, "clicked")
    log.forget(*forgotten)
    assert judges.code(log.bundle((FIRST, (1, 3, 5, 8, 9, 10, 11)), keys=[ONE]).write(), vkey(ONE)) == code


def test_half_of_the_personal_data_is_none(judges: Judges) -> None:
    document = json.loads(SOUND)
    for name in ("salt", "personal"):
        for other in (None, ""):
            records = [document["records"][0] | {name: other}, *document["records"][1:]]
            assert judges.code(json.dumps(document | {"records": records}).encode(), vkey(ONE)) == WRONG


def test_an_entry_cannot_be_there_twice(judges: Judges) -> None:
    log = MemoryLog()
    log.entry()
    log.rows.append((log.rows[0][0].replace('"seq":1', '"seq":2'), *log.rows[0][1:]))
    twice = log.bundle(
        (f"7d3a1c9e-5b0f-4a6e-9c61-{1:012d}", (1,)), (f"7d3a1c9e-5b0f-4a6e-9c61-{1:012d}", (2,)), keys=[ONE]
    )
    assert judges.code(twice.write(), vkey(ONE)) == WRONG


@given(st.data())
def test_a_changed_letter_changes_nothing_for_one_alone(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    raw = data.draw(st.sampled_from([SOUND, a_bundle().write()]))
    at, other = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(0, 255))
    cut = data.draw(st.booleans())
    Judges(tmp_path_factory.mktemp("changed")).code(raw[:at] + bytes([other]) + raw[at + cut :], vkey(ONE))
