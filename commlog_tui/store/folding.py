"""Text as it is searched: without case and accents."""

from itertools import filterfalse
from unicodedata import combining, normalize


def fold(text: str) -> str:
    """Return the text case-folded, in compatibility form and without combining marks."""
    if text.isascii():
        return text.lower()
    plain = "".join(filterfalse(combining, normalize("NFKD", text)))
    return normalize("NFKD", plain.casefold())
