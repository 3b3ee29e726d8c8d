"""Text as it is searched: without case and accents."""

from unicodedata import combining, normalize


def fold(text: str) -> str:
    """Return the text case-folded, in compatibility form and without combining marks."""
    if text.isascii():
        return text.lower()
    plain = "".join(character for character in normalize("NFKD", text) if not combining(character))
    return normalize("NFKD", plain.casefold())
