"""Parse the addresses of mail headers: RFC 5322, its obsolete forms, and common deviations.

Either every address is returned, or the header is rejected. ``email.headerregistry`` does neither:
it records a defect, drops what follows, and takes some display names for addresses.
"""

import re
from collections.abc import Iterable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final, TypeAlias
from unicodedata import category, normalize

from commlog_tui.imports.items import UnreadableError

_ENCODED_WORD: Final = r"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?="
_TOKEN: Final = re.compile(
    rf'\s+|{_ENCODED_WORD}|"(?:[^"\\]|\\.)*"|[<>,;:]|(?:[^\s<>,;:()"\[\]]|\[[^\[\]]*\])+|[\[\]]', re.DOTALL
)
_ENCODED: Final = re.compile(_ENCODED_WORD)
_ADDRESS: Final = re.compile(r'("(?:[^"\\]|\\.)*"|[^"@\s]+)@([^"@\s]+)', re.DOTALL)
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_PLAIN_LOCAL: Final = re.compile(r"[^\s\"(),:;<>@\[\]\\]+")
_LITERAL: Final = re.compile(r"\[[0-9a-z:.]+\]", re.ASCII)
_UNDISCLOSED: Final = re.compile(r"(undisclosed|unlisted)[- ]?recipients?", re.IGNORECASE)
_UNPAIRED: Final = "a quotation mark or bracket has no counterpart"
_LONGEST_LABEL: Final = 63

Piece: TypeAlias = str | list[str]
"""A word, quoted string or comment; or the tokens within angle brackets."""


def addresses_of(headers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the distinct addresses of header values, in order, with their spellings.

    Addresses are returned in lower case, internationalized domains in Unicode. Groups are expanded.

    Raises:
        UnreadableError: an address cannot be parsed, or the addresses are ambiguous.
    """
    found: dict[str, dict[str, None]] = {}
    fault: UnreadableError | None = None
    holds_address = False
    for header in headers:
        holds_address = holds_address or "@" in header or "=?" in header
        try:
            for spelling in _spellings(header):
                found.setdefault(normal_address(spelling), {}).setdefault(spelling)
        except UnreadableError as error:
            fault = fault or error
    if fault and (found or holds_address):
        raise fault
    return {address: tuple(spellings) for address, spellings in found.items()}


def normal_address(text: str) -> str:
    """Return an address in its normalized form.

    Raises:
        UnreadableError: it is not an address.
    """
    text = text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise _unreadable("one of them is not an address")
    return f"{_local_part(match[1])}@{_domain(match[2])}"


def _local_part(text: str) -> str:
    quoted = _QUOTED.fullmatch(text)
    local = normalize("NFC", _ESCAPE.sub(r"\1", quoted[1]) if quoted else text).lower()
    if not local or any(category(character)[0] == "C" for character in local):
        raise _unreadable("one of them holds characters that cannot be seen")
    if _PLAIN_LOCAL.fullmatch(local):
        return local
    if not quoted:
        raise _unreadable("one of them is not an address")
    return '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _domain(text: str) -> str:
    domain = normalize("NFC", text).lower().removesuffix(".")
    if _LITERAL.fullmatch(domain):
        return domain
    if not domain.isascii() or "xn--" in domain:
        domain = _unicode_domain(domain)
    if not all(map(_is_label, domain.split("."))):
        raise _unreadable("one of them is not an address")
    return domain


def _is_label(label: str) -> bool:
    return 1 <= len(label) <= _LONGEST_LABEL and all(
        character in "-_" or category(character)[0] in "LMN" for character in label
    )


def _unicode_domain(domain: str) -> str:
    import idna  # noqa: PLC0415 - few domains need it

    try:
        return idna.decode(idna.encode(domain, uts46=True))
    except (idna.IDNAError, UnicodeError):
        return domain


def _spellings(header: str) -> Iterator[str]:
    """Yield the addresses of a header value as written, without comments and blanks."""
    is_pending = False
    for pieces in _elements(header):
        element = [piece for piece in pieces if not _is_comment(piece)]
        found = list(_members(element))
        if not found and any(isinstance(piece, str) and _hides_address(piece) for piece in pieces):
            raise _unreadable("an address stands where a name does")
        yield from found
        if found:
            # In "Ruiz, Rosa <rosa@example.org>", a comma parts the words of one name.
            if is_pending and all(isinstance(piece, str) for piece in element):
                break
            is_pending = False
        elif _is_lone_word(element) and not _is_undisclosed(element):
            is_pending = True
    if is_pending:
        raise _unreadable("one of them has no domain")


def _elements(header: str) -> Iterator[list[Piece]]:
    """Split a header at commas and semicolons, without the names of groups."""
    element: list[Piece] = []
    for piece in _pieces(header):
        if piece in (",", ";"):
            yield element
            element = []
        elif piece == ":":
            if any(not _is_comment(one) and (isinstance(one, list) or "@" in one) for one in element):
                raise _unreadable("an address stands where the name of a group does")
            element = []
        else:
            element.append(piece)
    yield element


def _pieces(header: str) -> Iterator[Piece]:
    """Yield the tokens, with those in angle brackets as one; doubled brackets count once."""
    inside: list[str] | None = None
    surplus = 0
    for part in _tokens(header):
        if part == "<":
            if inside:
                raise _unreadable(_UNPAIRED)
            surplus += inside is not None
            inside = []
        elif part != ">":
            if inside is None:
                yield part
            elif not _is_comment(part):
                inside.append(part)
        elif inside is not None:
            yield inside
            inside = None
        elif surplus:
            surplus -= 1
        else:
            raise _unreadable(_UNPAIRED)
    if inside is not None:
        raise _unreadable(_UNPAIRED)


def _tokens(header: str) -> Iterator[str]:
    """Yield words, quoted strings, comments and separators, without blanks."""
    position = 0
    while position < len(header):
        if header[position] == "(":
            end = _after_comment(header, position)
            yield header[position:end]
            position = end
            continue
        match = _TOKEN.match(header, position)
        if match is None:
            raise _unreadable(_UNPAIRED)
        position = match.end()
        if not match[0].isspace():
            yield match[0]


def _after_comment(header: str, start: int) -> int:
    depth, position = 0, start
    while position < len(header):
        character = header[position]
        position += 2 if character == "\\" else 1
        depth += (character == "(") - (character == ")")
        if not depth:
            return position
    raise _unreadable(_UNPAIRED)


def _members(element: list[Piece]) -> Iterator[str]:
    """Yield the addresses of one element: bare, or in angle brackets after a name."""
    name: list[str] = []
    for piece in element:
        if isinstance(piece, str):
            name.append(piece)
            continue
        address = _in_angle_brackets(piece)
        words = _joined(name)
        bare = [word for word in words if _is_bare_address(word) and word.lower() != address.lower()]
        if bare and len(words) > 1:
            raise _unreadable("it is not certain which words are names and which are addresses")
        if address:
            yield address
        name = []
    words = _joined(name)
    bare = [word for word in words if _is_bare_address(word)]
    if not bare:
        return
    is_spaced = len(words) < len(name) and any(_is_spaced(word) for word in name) and len(bare) > 1
    if is_spaced or any(word.startswith(".") or word.endswith(".") for word in words[:-1]) or words[-1].startswith("."):
        raise _unreadable("blanks stand within an address")
    yield from bare


def _in_angle_brackets(tokens: list[str]) -> str:
    if tokens and (tokens[0].startswith("@") or tokens[0].lower() == "mailto") and ":" in tokens:
        tokens = tokens[tokens.index(":") + 1 :]  # a route (RFC 5322, section 4.4), or what a browser copied
    if not tokens or tokens[-2:] == [":", ";"] or _is_undisclosed(list(tokens)):
        return ""
    words = _joined(tokens, ".")
    if len(words) > 1:
        raise _unreadable("one of them is not an address")
    if not _is_bare_address(words[0]):
        raise _unreadable("one of them has no domain")
    return words[0]


def _joined(tokens: list[str], also: str = "") -> list[str]:
    """Join tokens that blanks or comments around an at sign have split."""
    words: list[str] = []
    for token in tokens:
        if words and (words[-1][-1] in f"@{also}" or token[0] in f"@{also}"):
            words[-1] += token
        else:
            words.append(token)
    return words


def _is_bare_address(word: str) -> bool:
    return "@" in _QUOTED.sub("", word) and not _ENCODED.fullmatch(word)


def _is_spaced(word: str) -> bool:
    return word == "@" or (word.endswith("@") and not word.startswith('"'))


def _hides_address(word: str) -> bool:
    try:
        text = "".join(
            str(part, charset or "ascii", "replace") if isinstance(part, bytes) else part
            for part, charset in decode_header(word)
        )
    except (HeaderParseError, LookupError, ValueError):
        return True
    return "@" in text


def _is_comment(piece: Piece) -> bool:
    return isinstance(piece, str) and piece.startswith("(")


def _is_lone_word(element: list[Piece]) -> bool:
    return (
        len(element) == 1
        and isinstance(element[0], str)
        and not _ENCODED.fullmatch(element[0])
        and element[0][0] != '"'
    )


def _is_undisclosed(element: list[Piece]) -> bool:
    return _UNDISCLOSED.fullmatch(" ".join(piece for piece in element if isinstance(piece, str))) is not None


def _unreadable(reason: str) -> UnreadableError:
    return UnreadableError(
        f"the recipients cannot be read, as {reason}: correct To, Cc and Bcc, or say who it was with --set to=ADDRESS"
    )
