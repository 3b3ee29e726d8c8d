"""What is in a bundle is what the log recorded, or it is said what is not."""

import json
import re
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.ledger.bundle import Bundle, BundleEntry, BundleError, is_key_trusted, verify_bundle
from tests.ledger.bundles import FIRST, LOG, OTHER, MemoryLog, a_bundle, a_log, signer

SOUND = a_bundle().write()


def fault(bundle: Bundle) -> str:
    with pytest.raises(BundleError) as caught:
        verify_bundle(bundle)
    return str(caught.value)


def with_record(bundle: Bundle, at: int, **changes: Any) -> Bundle:
    records = list(bundle.records)
    records[at] = msgspec.structs.replace(records[at], **changes)
    return msgspec.structs.replace(bundle, records=tuple(records))


def test_what_was_written_is_read_and_verifies() -> None:
    bundle = Bundle.read(SOUND)
    assert bundle == a_bundle()
    assert (verify_bundle(bundle).size, verify_bundle(bundle).origin) == (7, f"{LOG}/quay")


def test_every_record_of_a_log_of_any_size_verifies() -> None:
    log = MemoryLog()
    for size in range(1, 20):
        log.entry(title=f"No. {size}")
        for seq in range(1, size + 1):
            verify_bundle(log.bundle((f"7d3a1c9e-5b0f-4a6e-9c61-{seq:012d}", (seq,))))


@dataclass
class Part:
    """A text somewhere in a bundle, and how to read what the bundle is with another text there."""

    path: tuple[str | int, ...]
    text: str

    def changed(self, text: Any) -> bytes:
        document = json.loads(SOUND)
        at = document
        for step in self.path[:-1]:
            at = at[step]
        at[self.path[-1]] = text
        return json.dumps(document).encode()


def parts(value: Any, path: tuple[str | int, ...] = ()) -> list[Part]:
    if isinstance(value, str):
        return [Part(path, value)]
    if isinstance(value, dict | list):
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        return [part for step, inner in steps for part in parts(inner, (*path, step))]
    return []


PARTS = parts(json.loads(SOUND))


def verifies(raw: bytes) -> bool:
    try:
        verify_bundle(Bundle.read(raw))
    except BundleError:
        return False
    return True


@given(st.data())
def test_no_letter_of_any_part_can_be_changed(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(PARTS))
    at = data.draw(st.integers(0, len(part.text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda letter: letter != part.text[at]))
    assert not verifies(part.changed(part.text[:at] + other + part.text[at + 1 :])), part.path


@given(st.data())
def test_nothing_can_be_added_to_or_taken_from_any_part(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(PARTS))
    at = data.draw(st.integers(0, len(part.text)))
    more = data.draw(st.text(st.characters(codec="utf-8"), min_size=1, max_size=3))
    assert not verifies(part.changed(part.text[:at] + more + part.text[at:])), part.path
    if at < len(part.text):
        assert not verifies(part.changed(part.text[:at] + part.text[at + 1 :])), part.path


@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_a_changed_byte_of_the_file_is_found_unless_it_is_space_between_the_parts(at: int, flip: int) -> None:
    raw = bytearray(SOUND)
    raw[at] ^= flip
    changed = bytes(raw)
    try:
        same = json.loads(changed) == json.loads(SOUND)
    except ValueError:
        same = False
    assert verifies(changed) == same


@pytest.mark.parametrize("part", PARTS, ids=lambda part: ".".join(map(str, part.path)))
@pytest.mark.parametrize("other", [None, 1, [], {}, ""])
def test_a_part_cannot_be_of_another_kind(part: Part, other: Any) -> None:
    assert not verifies(part.changed(other))


def test_a_number_cannot_be_changed() -> None:
    document = json.loads(SOUND)
    for record in range(5):
        for seq in range(-1, 9):
            if seq != document["records"][record]["seq"]:
                assert not verifies(Part(("records", record, "seq"), "").changed(seq))
                assert not verifies(Part(("entries", 0, "seqs", 1), "").changed(seq)) or seq == 3


def test_the_first_fault_is_said_in_words() -> None:
    bundle = a_bundle()
    proved = bundle.records[2]
    assert proved.personal
    assert fault(with_record(bundle, 0, personal=bundle.records[0].personal.replace("ada", "eve"))).startswith(  # type: ignore[union-attr] # it is there
        "no. 1 (entry): its personal data is not what was recorded"
    )
    assert "no. 3: it does not lead to the root" in fault(
        with_record(bundle, 2, record=proved.record.replace("sent", "bent"))
    )
    assert "no. 3: it does not lead to the root" in fault(with_record(bundle, 2, path=proved.path[::-1]))
    assert "no. 3 (event): its personal data or the salt" in fault(with_record(bundle, 2, salt=None))
    assert "no redaction in the bundle" in fault(with_record(bundle, 2, salt=None, personal=None))
    note = bundle.checkpoint.replace("\n7\n", "\n8\n")
    assert fault(msgspec.structs.replace(bundle, checkpoint=note)).startswith(
        "The checkpoint: the signature is not that of"
    )
    assert "do not lead to the key" in fault(
        msgspec.structs.replace(a_log().bundle((FIRST, (1,))), introductions=bundle.introductions)
    )


def test_a_record_that_was_taken_out_is_missed() -> None:
    bundle = a_bundle()
    for at, proved in enumerate(bundle.records):
        rest = bundle.records[:at] + bundle.records[at + 1 :]
        assert f"no. {proved.seq}: it is listed" in fault(msgspec.structs.replace(bundle, records=rest))


def test_records_cannot_be_swapped_doubled_or_moved_to_another_entry() -> None:
    bundle = a_bundle()
    one, two, *rest = bundle.records
    assert "no. 1: it stands twice" in fault(msgspec.structs.replace(bundle, records=(two, one, *rest)))
    assert "no. 1: it stands twice" in fault(msgspec.structs.replace(bundle, records=(one, one, two, *rest)))
    mixed = (BundleEntry(FIRST, (1, 3, 4, 5)), BundleEntry(OTHER, (2,)))
    assert "no. 4 (event): it is listed under an entry" in fault(msgspec.structs.replace(bundle, entries=mixed))
    assert "no. 2 (entry): it is not listed" in fault(msgspec.structs.replace(bundle, entries=bundle.entries[:1]))
    swapped = with_record(with_record(bundle, 0, record=two.record), 1, record=one.record)
    assert "no. 1: it does not lead" in fault(swapped)
    assert fault(msgspec.structs.replace(bundle, entries=(), records=())) == "The bundle contains no entries."


def test_an_event_left_out_with_every_mention_of_it_cannot_be_found() -> None:
    """The limit that the page on proofs speaks of.

    Were this found, the page would have to say so.
    """
    assert verify_bundle(a_log().bundle((FIRST, (1, 3)), (OTHER, (2, 4)))).size == 7


def test_a_record_of_another_log_or_location_is_none_of_this_ones() -> None:
    log = MemoryLog(f"{LOG}/pier")
    log.entry()
    assert "says of itself that it is another record" in fault(log.bundle((FIRST, (1,))))
    foreign = a_log()
    foreign.rows[0] = (foreign.rows[0][0].replace("mailer", "Mailer"), *foreign.rows[0][1:])
    strange = foreign.bundle((FIRST, (1, 3, 5)))
    assert "no. 1: it does not lead" in fault(with_record(a_bundle(), 0, record=strange.records[0].record))


def test_what_a_redaction_removed_is_told_from_what_somebody_took_out() -> None:
    log = a_log()
    log.add("redaction", FIRST, {"reason": "asked"})
    log.event(FIRST, "opened")
    log.forget(1, 3, 5)
    assert verify_bundle(log.bundle((FIRST, (1, 3, 5, 8, 9)))).size == 9
    assert "no. 1 (entry): its personal data is missing" in fault(log.bundle((FIRST, (1, 3, 5))))
    log.forget(9)
    assert "no. 9 (event): its personal data is missing" in fault(log.bundle((FIRST, (1, 3, 5, 8, 9))))
    log.forget(8)
    assert "no. 8 (redaction): its personal data is missing" in fault(log.bundle((FIRST, (1, 3, 5, 8))))


def test_a_trusted_key_leads_to_those_it_introduced_and_to_no_other() -> None:
    first, second, third = signer(5), signer(6), signer(8)
    bundle = a_log().bundle((FIRST, (1,)), keys=[first, second, third])
    verify_bundle(bundle)
    assert all(is_key_trusted(key.verifier.key, bundle) for key in (first, second, third))
    assert not is_key_trusted(signer(9).verifier.key, bundle)
    assert not is_key_trusted(signer(9).verifier.key, a_log().bundle((FIRST, (1,)), keys=[first]))
    turned = msgspec.structs.replace(bundle, introductions=bundle.introductions[::-1])
    assert "not by the key that was introduced before" in fault(turned)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", SOUND[:-9], re.sub(rb"proof v1", b"proof v2", SOUND)])
def test_what_is_no_bundle_is_no_bundle(raw: bytes) -> None:
    with pytest.raises(BundleError, match="no proof bundle"):
        Bundle.read(raw)


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(BundleError):
        verify_bundle(Bundle.read(SOUND.replace(b"mailer", b"\\ud800")))
