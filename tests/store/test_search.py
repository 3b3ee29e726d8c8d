"""One text finds what a guest can say."""

from datetime import timedelta

import pytest

from commlog_tui.contract.addresses import contact_form
from commlog_tui.contract.folding import fold
from commlog_tui.contract.query import CustomerQuery
from commlog_tui.contract.regions import region_of_zone
from commlog_tui.store.errors import UnknownCustomerError
from commlog_tui.store.protocol import Store
from commlog_tui.store.search import planner
from commlog_tui.store.search.lookups import Limits
from tests.store.factory import NOON, ask, call, ids, mail, minutes, put

NUMBERS = ["07700 900123", "+44 7700 900123", "+44 (0)7700 900123", "+447700900123", "07700-900123"]
REFERENCE = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"


@pytest.mark.parametrize("stored", NUMBERS)
async def test_a_number_is_found_in_any_format(store: Store, stored: str) -> None:
    as_recipient = mail(via="sms", to=stored)
    as_customers = mail(customer={"id": "c-1", "numbers": [stored]})
    await put(store, as_recipient, as_customers, mail(via="sms", to="07700 900999"))
    for query in [*NUMBERS, "900123", "0123", "7700900123", "00447700900123"]:
        assert set(await ids(store, q=query)) == {as_recipient.id, as_customers.id}, query


@pytest.mark.parametrize(
    "query",
    [
        "zoe", "ZOË", "müller", "muller zoe", "nfirm", "confirmation zoë", "KB-10", "kb-1042", "7d3a1c",
        "7D3A1C9E-5b0f",
        "zoe@", "example.com", "c-77", "ü", "z", "kb", "  zoe  ", "東京", "東", "strasse",
    ],
)  # fmt: skip
@pytest.mark.parametrize("limits", [Limits(), Limits(few=0), Limits(people=0, titles=0, texts=0, gathered=0, few=0)])
async def test_any_part_finds_an_entry(
    store: Store, monkeypatch: pytest.MonkeyPatch, query: str, limits: Limits
) -> None:
    monkeypatch.setattr(planner, "LIMITS", limits)
    customer = {"id": "c-77", "name": "Zoë Müller 東京 Straße"}
    wanted = mail(to="zoe@example.com", customer=customer, code="KB-1042", reference=REFERENCE)
    await put(store, wanted, call(title="Rang", body="zoe kb-1042"), mail(), location="pier")
    await put(store, wanted, call(title="Other matter", to="walk in"))
    assert await ids(store, q=query) == [wanted.id]


@pytest.mark.parametrize(
    "query",
    [
        "zoex",
        "*",
        '"',
        "zo*e",
        "AND",
        "NEAR(",
        "confirmation parking",
        "title:zoe",
        "-zoe",
        "\x01",
        "🛶",
        "''",
        "%",
        "_",
    ],
)
async def test_what_is_not_there_is_not_found(store: Store, query: str) -> None:
    await put(store, mail(customer={"id": "c-1", "name": "Zoë"}))
    page = await ask(store, q=query)
    assert (page.entries, page.total.count) == ((), 0)


async def test_matches_are_paged_newest_first(store: Store) -> None:
    items = [mail(sent_at=NOON + minutes(number), title=f"Reminder {number}") for number in range(9)]
    await put(store, *items, call())
    first = await ask(store, q="reminder", limit=4)
    second = await ask(store, q="reminder", limit=4, cursor=first.older)
    assert [entry.id for entry in (*first.entries, *second.entries)] == [item.id for item in items[:0:-1]]
    assert (first.total.count, second.first) == (9, 5)


async def test_the_directory_keeps_everything_ever_known(store: Store) -> None:
    old = {"id": "c-1", "name": "Zoe", "addresses": ["old@example.com"], "numbers": ["07700 900123"]}
    new = {"id": "c-1", "name": "Zoë Müller", "addresses": ["new@example.com"], "numbers": ["+44 7700 900123"]}
    await put(store, mail(to="new@example.com", sent_at=NOON + minutes(1), customer=new))
    await put(store, mail(to="old@example.com", customer=old, sent_at=NOON - timedelta(days=40)))
    person = await store.customer("quay", "c-1")
    assert (person.name, person.addresses) == ("Zoë Müller", ("new@example.com", "old@example.com"))
    assert (person.numbers, person.last_seen) == (("+44 7700 900123",), NOON + minutes(1))
    with pytest.raises(UnknownCustomerError):
        await store.customer("pier", "c-1")


async def test_a_history_has_what_went_to_old_addresses(store: Store) -> None:
    before = mail(via="sms", to="+447700900123")
    known = mail(to="ada@example.com", customer={"id": "c-1", "numbers": ["07700 900123"]}, sent_at=NOON + minutes(1))
    await put(store, before, known, mail(to="eve@example.com"))
    page = await ask(store, customer_id="c-1")
    assert [entry.id for entry in page.entries] == [known.id, before.id]
    assert page.total.count == 2


@pytest.mark.parametrize("query", ["zoe", "MÜL", "new@", "+44 7700 900123", "900123", "c-1"])
async def test_customers_are_found_by_any_part(store: Store, query: str) -> None:
    zoe = {"id": "c-1", "name": "Zoë Müller", "addresses": ["new@example.com"], "numbers": ["07700 900123"]}
    await put(store, mail(customer=zoe), mail(customer={"id": "x-2", "name": "Ada"}, sent_at=NOON + minutes(1)))
    found = await store.customers("quay", CustomerQuery(q=query))
    assert [person.id for person in found.customers] == ["c-1"]
    everyone = await store.customers("quay", CustomerQuery(limit=1))
    assert ([person.id for person in everyone.customers], everyone.more) == (["x-2"], True)


def test_folding() -> None:
    assert fold("Zoë MÜLLER") == "zoe muller"
    assert fold("Straße") == "strasse"
    assert fold("ﬀ") == "ff"


def test_addresses_and_regions() -> None:
    assert region_of_zone("Europe/London") == "GB"
    assert region_of_zone("UTC") is None
    assert contact_form("Ada@Example.com ", "GB") == "ada@example.com"
    assert contact_form("020 7946 0123", "GB") == "+442079460123"
    assert contact_form("0207 9460123", None) == "02079460123"
    assert contact_form("the skipper", "GB") is None
