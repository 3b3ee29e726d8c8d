"""The actor of a record: a token's name, perhaps with the name that was given at the desk."""

from typing import Self

from commlog_tui.contract.person import actor_words


class DeskActor(str):
    """An actor with a name that was claimed at a desk, see ``contract.person``."""

    __slots__ = ("person",)
    person: str

    def __new__(cls, name: str, person: str) -> Self:
        """Return the actor of a token's name and a name given at the desk."""
        actor = super().__new__(cls, actor_words(name, person))
        actor.person = person
        return actor


def person_of(actor: str) -> str | None:
    """Return the name given at the desk; None where the token's name is all there is."""
    return actor.person if isinstance(actor, DeskActor) else None
