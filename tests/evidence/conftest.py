"""What tests of the evidence share."""

from collections.abc import Iterator

import pytest

from commlog_tui.evidence import fonts


@pytest.fixture
def no_cjk_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that has no font for Chinese, Japanese and Korean."""
    monkeypatch.delitem(fonts.FILES, "NotoSansCJK")
    fonts.font_of.cache_clear()
    yield
    fonts.font_of.cache_clear()
