"""Canonical form and leaf hashes, against fixed vectors."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.ledger.canonical import Value, canonical
from commlog_tui.ledger.leaf import SALT_SIZE, commitment, leaf_hash

SAFE_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | SAFE_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abcxyz_", max_size=4), inner),
)


@given(VALUES)
def test_canonical_form_loses_nothing_and_has_one_form(value: Value) -> None:
    form = canonical(value)
    assert json.loads(form) == value
    assert canonical(json.loads(form)) == form


def test_canonical_form_is_the_one_of_the_standard() -> None:
    value: Value = {"b": [True, None, 10], "a": "\u20ac$\u000f\nA'\"\\/"}
    assert canonical(value) == '{"a":"€$\\u000f\\nA\'\\"\\\\/","b":[true,null,10]}'.encode()


def test_half_a_surrogate_pair_has_no_form() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical("\ud800")


def test_the_leaf_of_nothing_is_the_published_one() -> None:
    # The first leaf of the certificate-transparency reference vectors: the empty input.
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_a_leaf_is_not_a_plain_hash() -> None:
    assert leaf_hash(b"record") != sha256(b"record").digest()


def test_a_salt_is_as_long_as_the_hash() -> None:
    assert SALT_SIZE == sha256().digest_size == 32  # RFC 2104, section 3: a shorter key is a weaker one


@given(st.binary(min_size=SALT_SIZE, max_size=SALT_SIZE), st.binary())
def test_a_commitment_depends_on_salt_and_data(salt: bytes, data: bytes) -> None:
    assert commitment(salt, data) != commitment(
        bytes(SALT_SIZE - 1) + b"\x01" if not any(salt) else bytes(SALT_SIZE), data
    )
    assert commitment(salt, data) != commitment(salt, data + b"\x00")


def test_a_commitment_is_hmac_sha_256() -> None:
    # RFC 4231, test case 1.
    expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    assert commitment(b"\x0b" * 20, b"Hi There").hex() == expected
