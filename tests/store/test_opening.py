"""Which database a URL means, and what is refused in words."""

from pathlib import Path

import pytest

from commlog_tui.records.errors import LogError
from commlog_tui.store.opening import open_keys, open_store, sqlite_path
from commlog_tui.store.signing import signed
from tests.store.factory import QUAY, mail, put


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("log.db", "log.db"),
        ("/srv/a log#1?.db", "/srv/a log#1?.db"),
        ("a:b/log.db", "a:b/log.db"),
        ("sqlite:log.db", "log.db"),
        ("sqlite:folder/log.db", "folder/log.db"),
        ("sqlite:/srv/log.db", "/srv/log.db"),
        ("sqlite:///srv/log.db", "/srv/log.db"),
        ("sqlite:///srv/a%20log%231%3F.db", "/srv/a log#1?.db"),
    ],
)
def test_a_path_or_a_url_of_sqlite_names_a_file(url: str, path: str) -> None:
    assert sqlite_path(url) == Path(path)
    assert sqlite_path(Path(path)) == Path(path)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://log.example.com", "https://"),
        ("mysql://db.example/commlog", "mysql://"),
        ("sqlite://host/log.db", "sqlite:///"),
        ("sqlite:///srv/log.db?mode=ro", "sqlite:///"),
        ("sqlite:", "sqlite:///"),
        ("", "names no file"),
    ],
)
def test_other_urls_are_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(LogError, match=words) as refused:
        open_store(url)
    assert "Nothing was opened" in str(refused.value)


async def test_store_and_keys_of_a_url_belong_together(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/made/log.db"
    store = open_store(url)
    await store.create_location(QUAY)
    await put(store, mail())
    assert signed(await store.head("quay"), open_keys(url)).size == 1
    await store.close()
    assert sqlite_path(url).exists()
    assert sqlite_path(url).with_suffix(".key").exists()
