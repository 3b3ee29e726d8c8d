"""What a service keeps in memory has a bound, whatever is brought in."""

from pathlib import Path

from commlog_tui.contract import addresses, folding, phone_numbers
from commlog_tui.contract.folding import fold
from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.readers import CACHE_KIB, READERS

MEBIBYTE = 1 << 20


def test_the_page_caches_of_a_service_are_small(tmp_path: Path) -> None:
    connection = connect(tmp_path / "log.db")
    cache = -int(connection.pragma("cache_size")) * 1024
    assert cache > 0
    assert 2 * cache + READERS * CACHE_KIB * 1024 <= 64 * MEBIBYTE
    assert int(connection.pragma("mmap_size")) == 0
    connection.close()


def test_the_caches_of_numbers_and_names_are_bounded() -> None:
    cached = (addresses.contact_form, addresses.search_forms, phone_numbers.normal_number, phone_numbers._written)
    for function in cached:
        assert 0 < (function.cache_info().maxsize or 0) <= 8_192
    for code in range(0x4E00, 0x4E00 + 20_000):
        fold(chr(code))
    assert len(folding._TABLE) <= folding._MOST_REMEMBERED
