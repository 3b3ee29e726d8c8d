"""Why entries matched, and what is offered where none does, on every store."""

import pytest
from msgspec import UNSET

from commlog_tui.store.protocol import Store
from tests.store.factory import NOON, ask, call, mail, minutes, put

ISLA = {"id": "c-1", "name": "Isla Bakker", "numbers": ["07700 900123"], "addresses": ["isla@example.com"]}


async def marked(store: Store, q: str) -> list[tuple[str, str]]:
    """Return the field that matched and what of it is marked, of the newest entry found."""
    entry = (await ask(store, q=q)).entries[0]
    return [(one.field, one.text[one.spans[0][0] : one.spans[0][1]]) for one in entry.matched]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("bakk", [("name", "Bakk")]),
        ("isla@", [("to", "isla@")]),
        ("900123", [("other_number", "900123")]),
        ("kb-1", [("code", "KB-1")]),
        ("gate code", [("body", "gate") ]),
        ("refund isla", [("title", "Refund"), ("name", "Isla")]),
        ("second@", [("other_address", "second@")]),
    ],
)  # fmt: skip
async def test_the_part_that_matched_is_marked(store: Store, q: str, expected: list[tuple[str, str]]) -> None:
    await put(
        store,
        mail(to="second@example.com", customer=ISLA, sent_at=NOON - minutes(9)),
        mail(
            to="isla@example.com", title="Refund notice", customer=ISLA, code="KB-104", body="The gate-code is 12.",
        ),
        call(title="Rang", sent_at=NOON - minutes(1)),
    )  # fmt: skip
    assert sorted(await marked(store, q)) == sorted(expected)


@pytest.mark.parametrize(
    ("q", "expected"),
    [("bakkr", "bakker"), ("refnud", "refund"), ("isla bakkre", "isla bakker"), ("islaa", "isla"), ("zzqq", None)],
)
async def test_words_at_one_edit_are_offered_where_nothing_matches(store: Store, q: str, expected: str | None) -> None:
    await put(store, mail(title="Refund notice", customer=ISLA), call())
    page = await ask(store, q=q)
    assert page.entries == ()
    assert page.suggestions == (UNSET if expected is None else (expected,))
    assert (await ask(store, q="isla")).suggestions is UNSET
