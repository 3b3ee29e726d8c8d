"""Every address that was addressed is recorded, or the message is refused.

Never fewer, and never a display name.
"""

import re
from email.headerregistry import HeaderRegistry
from email.utils import quote
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.imports.items import ImportOptions, Progress, Refusal, UnreadableError
from commlog_tui.imports.mailbox import read_mbox
from commlog_tui.imports.recipients import addresses_of, normal_address
from tests.imports.reading import item

MAIL = Path(__file__).parent / "mail"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("anna@old.example <anna@new.example>", ["anna@new.example"]),
        ('"anna@old.example" <anna@new.example>', ["anna@new.example"]),
        ("'anna@old.example' <anna@new.example>", ["anna@new.example"]),
        ("Mikel@Harbour <mik@x.example>, tom@x.example", ["mik@x.example", "tom@x.example"]),
        ("a@x.example; b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x; b@x", ["a@x", "b@x"]),
        ("<a@x.example> <b@x.example>", ["a@x.example", "b@x.example"]),
        ("Ben <b@x.example> Ann <a@x.example>", ["b@x.example", "a@x.example"]),
        ("Ben <b@x.example> a@x.example", ["b@x.example", "a@x.example"]),
        ("Ben B@X.example", ["b@x.example"]),
        ("b@x.example, B@X.EXAMPLE, <b@x.example>", ["b@x.example"]),
        ("list: x@x.example, y@x.example;, z@x.example", ["x@x.example", "y@x.example", "z@x.example"]),
        ("list: x@x.example; y@x.example", ["x@x.example", "y@x.example"]),
        ("one:a@x.example;, two:;, three:b@x.example", ["a@x.example", "b@x.example"]),
        ("undisclosed-recipients:;, a@x.example", ["a@x.example"]),
        ("<undisclosed-recipients:;>, a@x.example", ["a@x.example"]),
        ("Undisclosed-Recipients, a@x.example", ["a@x.example"]),
        ("a@x.example (Anna, (at home) b@y.example)", ["a@x.example"]),
        ("a(one)@(two)x.example", ["a@x.example"]),
        ("(b@x.example) a@x.example", ["a@x.example"]),
        ("(b@x.example) list: a@x.example;", ["a@x.example"]),
        ("<a(one)@x.example(b@x.example)>", ["a@x.example"]),
        ('"a b"@x.example', ['"a b"@x.example']),
        ('"a, b@y.example"@x.example', ['"a, b@y.example"@x.example']),
        ('"ab"@x.example, ab@x.example', ["ab@x.example"]),
        ('"a\\"b"@x.example', ['"a\\"b"@x.example']),
        ('"Ruiz, \\"Rosa\\" <r@y.example>" <r@x.example>', ["r@x.example"]),
        ("=?utf-8?q?Zo=C3=AB=2C_M?= <z@x.example>", ["z@x.example"]),
        ("=?utf-8?q?Zo=C3=AB,_M?= <z@x.example>", ["z@x.example"]),
        ("=?utf-8?b?YUB4LmV4YW1wbGU=?= <z@x.example>", ["z@x.example"]),
        ("a @ x.example", ["a@x.example"]),
        ("<a . b @ x . example>", ["a.b@x.example"]),
        ("<@relay.example,@b.example:joe@x.example>", ["joe@x.example"]),
        ("Joe <@relay.example:joe@x.example>", ["joe@x.example"]),
        ("<<a@x.example>>", ["a@x.example"]),
        ("<mailto:a@x.example>, mailto:b@x.example", ["a@x.example", "b@x.example"]),
        ("'a@x.example', 'b@x.example'", ["a@x.example", "b@x.example"]),
        ("o'brien@x.example", ["o'brien@x.example"]),
        ("Ruiz, Rosa <r@x.example>", ["r@x.example"]),
        ("Ruiz, Rosa, MD <r@x.example>, a@x.example", ["r@x.example", "a@x.example"]),
        ("[EXTERNAL] Rosa <r@x.example>", ["r@x.example"]),
        ("a@[192.0.2.1], b@[IPv6:2001:db8::1]", ["a@[192.0.2.1]", "b@[ipv6:2001:db8::1]"]),
        ("a..b.@x.example", ["a..b.@x.example"]),
        ("a@x.example.", ["a@x.example"]),
        ("a@münchen.example, a@xn--mnchen-3ya.example, a@MÜNCHEN.example", ["a@münchen.example"]),
        ("a@उदाहरण.example", ["a@उदाहरण.example"]),
        ("ñ@x.example, n\u0303@x.example", ["ñ@x.example"]),
        (",, a@x.example ,;, b@x.example,", ["a@x.example", "b@x.example"]),
        ("a@x.example,\r\n\tb@x.example", ["a@x.example", "b@x.example"]),
    ],
)
def test_each_address_is_returned_once_and_no_name_is(header: str, expected: list[str]) -> None:
    assert list(addresses_of([header])) == expected


@pytest.mark.parametrize(
    "header",
    [
        "Rosa Ruiz (rosa@x.example), a@x.example", '"rosa@x.example" <>, a@x.example', "(b@x.example), a@x.example",
        '"x@y.example" <undisclosed>', "root, a@x.example", "a@x.example, root", "<root>, a@x.example", '"a@x.example"',
        "=?utf-8?q?a=40x.example?=", "=?utf-8?b?Wm/DqyA8em9lQHguZXhhbXBsZT4=?=, a@x.example", "a@b@x.example",
        "@x.example", "a@",
        "a@x.example, b@", "<a@x.example, b@x.example>", "<a b@x.example>", "a@x.example <b@x.example",
        "a@x.example, (b@x.example",
        '"a@x.example, b@x.example', "a@x.example) b@x.example", "one@x.example Ben <b@x.example>",
        "Ben one@x.example <b@x.example>",
        "R. a@x.example", "a . b@x.example", "a@x . example", "a@x.example: b@x.example", "a\u200b@x.example",
        "a@-.☕.example", "a@x_y!.example", "Smith @ Harbour a@x.example", "a\x00@x.example",
        "<a@x.example> > b@x.example",
        "a@x.example/b@x.example", "a@x.example|b@x.example", "a@" + "x" * 64 + ".example",
    ],
)  # fmt: skip
def test_what_is_not_certain_is_refused(header: str) -> None:
    with pytest.raises(UnreadableError, match="recipients cannot be read"):
        addresses_of([header])


@pytest.mark.parametrize(
    "header", ["", " , ;", "Rosa", "Rosa Ruiz", "undisclosed-recipients:;", "<>", "list:;", "(nobody)", "((("]
)
def test_where_nobody_is_named_there_is_nobody(header: str) -> None:
    assert addresses_of([header]) == {}


def test_the_spellings_of_an_address_are_kept() -> None:
    found = addresses_of(["Ben <Ben@X.example>, 'ben@x.example'", "ben @ x.example"])
    assert found == {"ben@x.example": ("Ben@X.example", "'ben@x.example'", "ben@x.example")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "recipients",
            {
                1: ["anna@new.example"], 10: ["anna@new.example"],
                19: ["ben@example.com", "x@example.com", "y@example.com"],
                29: ["one@example.com", "two@example.com"], 38: ["one@example.com", "two@example.com"],
                47: ["fam@example.com", "zoe@example.com"], 56: [], 65: ["mik@example.com", "tom@example.com"],
                74: ["guest@example.com", "other@example.com"],
            },
        ),
        ("atname", {1: ["anna@new.example"]}),
    ],
)  # fmt: skip
def test_mailboxes_that_were_read_wrongly(name: str, expected: dict[int, list[str]]) -> None:
    found: dict[int, list[str]] = {}
    for one in read_mbox(MAIL / f"{name}.mbox", ImportOptions(), Progress()):
        found.setdefault(one.line, []).extend([] if isinstance(one, Refusal) else [item(one).entry.to])
    assert found == expected


LABELS = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,3})?", fullmatch=True)
DOMAINS = st.lists(LABELS, min_size=1, max_size=3).map(".".join) | st.sampled_from(
    ["[192.0.2.7]", "bücher.example", "例え.example"]
)
ATOMS = st.from_regex(r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]{1,8}(\.[A-Za-z0-9_+-]{1,4}){0,2}", fullmatch=True)
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=8)
LOCALS = ATOMS | PRINTABLE.map(lambda text: f'"{quote(text)}"') | st.sampled_from(["ñandú", "δοκιμή"])
ADDRESSES = st.builds(lambda local, domain: f"{local}@{domain}", LOCALS, DOMAINS)
WORDS = st.from_regex(r"[A-Za-z]{1,8}", fullmatch=True)
BLANKS = st.sampled_from(["", " ", "  ", "\r\n\t", " (c) ", "(a (b@c.example) d)"])
NAMES = st.one_of(
    st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
    PRINTABLE.map(lambda text: f'"{quote(text)}"'),
    ADDRESSES.filter(lambda text: '"' not in text and text.isascii() and "[" not in text),
    st.sampled_from(["=?utf-8?q?Zo=C3=AB=2C_=40?=", "=?utf-8?b?YUB4LmV4YW1wbGU=?=", "(a@b.example) Rosa", ""]),
)


@st.composite
def mailboxes(draw: st.DrawFn) -> tuple[str, str]:
    """Return a mailbox as RFC 5322 allows it, and its address."""
    address = draw(ADDRESSES)
    local, _, domain = address.rpartition("@")
    spaced = f"{local}{draw(BLANKS)}@{draw(BLANKS)}{domain}"
    if draw(st.booleans()):
        return f"{draw(BLANKS)}{spaced}{draw(BLANKS)}", address
    route = draw(st.sampled_from(["", "", "@relay.example:", "@a.example,@b.example:"]))
    return f"{draw(NAMES)} {draw(BLANKS)}<{route}{spaced}>{draw(BLANKS)}", address


@st.composite
def headers(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a header value as RFC 5322 allows it, and its addresses."""
    parts: list[str] = []
    expected: list[str] = []
    for group in draw(st.lists(st.lists(mailboxes(), max_size=3), min_size=1, max_size=3)):
        texts = [text for text, _ in group]
        expected += [address for _, address in group]
        named = draw(st.booleans())
        parts += [f"{draw(WORDS)}:{','.join(texts)};"] if named else texts
    return ",".join(parts), expected


@given(headers())
def test_whatever_rfc_5322_allows_is_read_in_full(made: tuple[str, list[str]]) -> None:
    header, expected = made
    assert list(addresses_of([header])) == list(dict.fromkeys(map(normal_address, expected)))


def is_bare(mailbox: tuple[str, str]) -> bool:
    return ">" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", mailbox[0])


BARE = mailboxes().filter(is_bare)
NAMED = mailboxes().filter(lambda mailbox: not is_bare(mailbox))
"""Without commas between them, the first of ``a@x.example <b@y.example>`` is a display name."""


@given(st.lists(BARE, min_size=1, max_size=4) | st.lists(NAMED, min_size=1, max_size=4), st.data())
def test_what_programs_make_of_it_gives_all_or_is_refused(made: list[tuple[str, str]], data: st.DataObject) -> None:
    separators = st.sampled_from([";", " ", ", ,", ",;", "\r\n ", "|", "/"])
    header = made[0][0] + "".join(data.draw(separators) + text for text, _ in made[1:])
    try:
        found = list(addresses_of([header]))
    except UnreadableError:
        return
    assert found == list(dict.fromkeys(normal_address(address) for _, address in made))


PIECES = [
    "a@x.example",
    "B@Y.example",
    "Rosa",
    '"q@z.example"',
    "<",
    ">",
    ",",
    ";",
    ":",
    "(",
    ")",
    " ",
    "\\",
    "@",
    ".",
    "'",
    "[",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_no_header_gives_what_stands_in_a_quoted_name(header: str) -> None:
    try:
        found = set(addresses_of([header]))
    except UnreadableError:
        return
    assert all(address.count("@") == 1 or address.startswith('"') for address in found)
    bare = re.sub(r'"q@z\.example"(?!@)', "", header)
    assert "q@z.example" not in found or "q@z.example" in bare


@given(st.lists(st.builds("{} <{}>".format, WORDS, st.builds("{}@{}".format, WORDS, LABELS)), min_size=1, max_size=5))
def test_plain_headers_are_read_as_the_standard_library_does(texts: list[str]) -> None:
    header = HeaderRegistry()("to", ", ".join(texts))
    assert not header.defects
    known = [str(address.addr_spec).lower() for address in getattr(header, "addresses", ())]
    assert list(addresses_of([", ".join(texts)])) == list(dict.fromkeys(known))
