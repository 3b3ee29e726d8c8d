"""What is stored in one form is found by another.

Numbers, names, and recipients that are neither.
"""
# ruff: noqa: RUF001 - these letters are mistaken for others

import pytest

from commlog_tui.contract.location import NewLocation
from commlog_tui.contract.query import CustomerQuery, PageRequest
from commlog_tui.store.protocol import Store
from tests.store.factory import ids, mail, put

BRAZIL = ("+5511987654321", "+551187654321", "(11) 98765-4321", "11 98765-4321", "5511987654321")
UNITED_STATES = ("+14155552671", "(415) 555-2671", "415-555-2671", "4155552671", "1-415-555-2671", "1 (415) 555 2671")
MARKED = (
    "\u202a+44 7700 900123\u202c",
    "07700\u202f900\u2009123",
    "07700\u2212900\u2013123",
    "tel:+447700900123",
    "447700900123@c.us",
)


@pytest.mark.parametrize(
    ("zone", "forms"),
    [("America/Sao_Paulo", BRAZIL), ("America/New_York", UNITED_STATES), ("Europe/London", MARKED)],
    ids=["Brazil", "United States", "marks"],
)
async def test_every_form_of_a_number_finds_every_other(store: Store, zone: str, forms: tuple[str, ...]) -> None:
    await store.create_location(NewLocation(id="there", name="There", zone=zone))
    stored = [mail(via="sms", to=form, customer={"id": "c-1", "numbers": [form]}) for form in forms]
    await put(store, *stored, mail(via="sms", to="+442079460999"), location="there")
    everything = {item.id for item in stored}
    for form in forms:
        for query in (PageRequest(to=form), PageRequest(q=form)):
            page = await store.page("there", query)
            assert {entry.id for entry in page.entries} == everything, query
    found = await store.customers("there", CustomerQuery(q=forms[0]))
    assert [len(person.numbers) for person in found.customers] == [1]


@pytest.mark.parametrize("to", ["ACME", "88", "999", "walk in", "4.47701E+11", "Gina <gina@example.com>"])
async def test_a_recipient_that_is_neither_is_found_as_it_is_stored(store: Store, to: str) -> None:
    stored = mail(via="sms", to=to)
    await put(
        store, stored, mail(via="sms", to="ACMES"), mail(via="sms", to="8899 9"), mail(via="sms", to="07700 900999")
    )
    assert await ids(store, to=to) == [stored.id]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("Søren", "soren"), ("Łukasz", "lukasz"), ("Yılmaz", "yilmaz"), ("Đặng", "dang"), ("Œuvre", "oeuvre"),
        ("Ðrífa", "drifa"),
        ("O’Brien", "o'brien"), ("O'Brien", "o’brien"), ("O’Brien", "obrien"), ("Jean‑Luc", "jean-luc"),
        ("soren", "SØREN"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"), ("İpek", "ipek"), ("ＡＢＣ", "abc"), ("Straße", "STRASSE"),
        ("D’Arcy Ærøskøbing", "aeroskobing d'arcy"),
    ],
)  # fmt: skip
async def test_a_name_is_found_however_it_is_typed(store: Store, name: str, query: str) -> None:
    named, titled = mail(customer={"id": "c-1", "name": name}), mail(title=name)
    await put(store, named, titled, mail(customer={"id": "c-2", "name": "Ada"}))
    assert set(await ids(store, q=query)) == {named.id, titled.id}
    found = await store.customers("quay", CustomerQuery(q=query))
    assert [person.id for person in found.customers] == ["c-1"]


async def test_an_internationalized_domain_is_found_in_both_forms(store: Store) -> None:
    stored = [mail(to="Ada@bücher.example"), mail(to="ada@xn--bcher-kva.example")]
    await put(store, *stored, mail(to="ada@bucher.example"))
    for query in ({"to": "ada@BÜCHER.example"}, {"to": "ada@xn--bcher-kva.example"}, {"q": "ada@xn--bcher-kva"}):
        assert set(await ids(store, **query)) == {item.id for item in stored}, query
