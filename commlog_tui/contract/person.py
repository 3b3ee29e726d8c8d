"""The name that somebody gives at a desk which several people share.

It is claimed, not proven: the token alone is authenticated. It stands in brackets behind the
token's name, and a field of its own says that it was given, so that a token named "Desk (Noor)"
is no other than it is.
"""

from typing import Final
from unicodedata import category, normalize
from urllib.parse import quote, unquote_to_bytes

PERSON_HEADER: Final = "Commlog-Person"
"""Header of a write with the name, as percent-encoded UTF-8 (RFC 3986, section 2.1)."""
LONGEST_PERSON: Final = 40
"""Characters of a name."""
LONGEST_PERSON_HEADER: Final = 3 * 4 * LONGEST_PERSON
_MOST_MARKS: Final = 2
_BRACKETS: Final = frozenset({"Ps", "Pe"})


def person_name(text: str) -> str:
    """Return a name as it is recorded: one line without brackets and what cannot be seen, bounded.

    Empty if nothing is left.
    """
    shown: list[str] = []
    marks = 0
    for character in normalize("NFC", text[: 4 * LONGEST_PERSON]):
        sort = category(character)
        if sort in _BRACKETS or character in "<>" or sort[0] in "CZ":
            character = " "  # noqa: PLW2901 - what stands in its place
        marks = marks + 1 if sort[0] == "M" else 0
        if marks <= _MOST_MARKS:
            shown.append(character)
    words = "".join(shown).split()
    return normalize("NFC", " ".join(words))[:LONGEST_PERSON].rstrip()


def person_header(name: str) -> str:
    """Return the value of the header for a name."""
    return quote(name, safe=" ", errors="replace")


def person_of_header(value: str) -> str:
    """Return the name that a header gives; empty if it gives none.

    Raises:
        ValueError: it is too long, or not percent-encoded UTF-8.
    """
    if len(value) > LONGEST_PERSON_HEADER or not value.isascii():
        raise ValueError("the name must be percent-encoded UTF-8 of at most 40 characters")
    return person_name(unquote_to_bytes(value).decode())


def actor_words(name: str, person: str) -> str:
    """Return the actor of a record that somebody of a shared desk wrote: ``Front desk (Noor)``."""
    return f"{name} ({person})"
