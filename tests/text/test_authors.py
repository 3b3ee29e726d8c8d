"""Whom a record is by: a claimed name is never taken for a token's own."""

from dataclasses import dataclass

from commlog_tui.records.actor import DeskActor, person_of
from commlog_tui.text.authors import author


@dataclass(frozen=True)
class Written:
    actor: str
    person: str | None


def written(actor: str) -> Written:
    return Written(str(actor), person_of(actor))


def test_a_token_with_brackets_in_its_name_is_told_from_a_name_given_at_the_desk() -> None:
    token, claimed = written("Front desk (Noor)"), written(DeskActor("Front desk", "Noor"))
    assert token.actor == claimed.actor
    assert author(token) == "Front desk (Noor)"
    assert author(claimed) == "Front desk (Noor), name given at the desk"


def test_names_are_safe_to_show() -> None:
    assert author(written("Desk\x1b[31m")) == "Desk\ufffd[31m"
