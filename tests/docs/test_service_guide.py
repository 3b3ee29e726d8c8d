"""The guide on operating the service says what the service does."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from commlog_tui.client.errors import BusyError
from commlog_tui.service.limits import Limits

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "service.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "value"), asdict(Limits()).items())
def test_every_limit_is_in_the_table_as_it_is(name: str, value: float) -> None:
    assert re.search(rf"^\| `{name}` \| {value} ", PAGE, re.MULTILINE)


def test_the_sentence_with_the_id_is_the_one_that_is_shown() -> None:
    assert f"> {BusyError(status=500, request_id='3f2a-91bc')}\n" in PAGE


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)[)#]", PAGE))))
def test_its_links_lead_somewhere(link: str) -> None:
    assert (Path(__file__).parents[2] / "docs" / "guide" / link).exists()
