"""HTML mail as readable text: links shown, nothing lost, and any input in bounded time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.text.details import entry_lines
from commlog_tui.text.html_text import LONGEST, is_html, readable
from tests.desk.samples import LONDON, NOW, an_entry

MAIL = """<!DOCTYPE html><html><head><title>No</title><style>p{color:red}</style></head><body>
<h1>Hello Zoë</h1><p>Your trip<br>begins at <b>9</b>.</p>
<ul><li>Bring a coat</li><li>and <a href="https://example.com/t?y=1&amp;z=2">this ticket</a></li></ul>
<table><tr><td>Price</td><td>20</td></tr><tr><td>Paid</td><td>yes</td></tr></table>
<script>alert("no")</script><!-- no --><img src="https://example.com/p.gif" alt="Map of the pier"></body></html>"""
SHOWN = """Hello Zoë

Your trip
begins at 9.

- Bring a coat
- and this ticket (https://example.com/t?y=1&z=2)

Price  20
Paid  yes
[picture: Map of the pier]"""
PARTS = [
    "<!--", "<!", "<a ", '<a href="', "</", "<?", "&#", "<![CDATA[", "<script>", "<a b='", "<p", "<", "<a/", "<br/ ",
    "<style><", '<a href="x">', "<pre>", "<a>y", "<td>x</td>", "</a>", "&amp", "<p>", '<img alt="x">',
]  # fmt: skip


def test_a_message_is_read_as_its_reader_saw_it() -> None:
    assert is_html(MAIL)
    assert readable(MAIL) == SHOWN


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://evil.example">https://bank.example</a>', "https://bank.example (https://evil.example)"),
        ('<a href="https://a.example/">a.example</a>', "a.example"),
        ('<a href="mailto:zoe@example.com">zoe@example.com</a>', "zoe@example.com"),
        ('<a href="javascript:go()">here</a>', "here (javascript:go())"),
        ('<a href="https://a.example"><img src="x"></a>', "https://a.example"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("one<br><br>two", "one\n\ntwo"),
        ("<p>a</p>" * 2, "a\n\na"),
        (f'<img src="data:{"A" * 5000}" alt="logo">after', "after"),
        ("unclosed <b", "unclosed <b"),
    ],
)
def test_what_becomes_of(html: str, text: str) -> None:
    assert readable(html) == text


@pytest.mark.parametrize("text", ["I <3 boats", "a < b > c", "See <https://example.com>", "<none>", ""])
def test_what_people_write_is_no_html(text: str) -> None:
    assert not is_html(text)


@given(st.lists(st.sampled_from([*PARTS, "word", " ", "\n", '">', "-->", "</script>", ">"]), max_size=30).map("".join))
def test_any_markup_is_read_and_no_more_lines_than_it_has_tags(html: str) -> None:
    is_html(html)
    assert len(readable(html).split("\n")) <= 2 * html.count("<") + html.count("\n") + 1


@pytest.mark.parametrize("part", PARTS)
def test_markup_that_html_parser_takes_minutes_for_is_read(part: str) -> None:
    shown = readable(part * (LONGEST // len(part) + 1))
    assert shown.endswith("(The rest is too long to be shown.)")
    assert len(shown) < 3 * LONGEST


def test_the_detail_shows_html_as_text_and_says_so() -> None:
    lines = [line.text for line in entry_lines(an_entry(body=MAIL), LONDON, NOW, 60)]
    assert "HTML, shown as text; links were not opened" in lines
    assert "begins at 9." in lines
    assert not [line for line in lines if "<" in line]


def test_a_note_by_hand_is_shown_as_it_was_written() -> None:
    lines = [
        line.text for line in entry_lines(an_entry(body="said </p> twice\nand left", source="manual"), LONDON, NOW, 60)
    ]
    assert lines[-2:] == ["said </p> twice", "and left"]


def test_attachments_are_shown_by_name_size_and_hash() -> None:
    file = {"name": "Invoice\u202e.pdf", "size": 12_300, "sha256": "9f" * 32}
    text = "\n".join(line.text for line in entry_lines(an_entry(attachments=(file,)), LONDON, NOW, 80))
    assert "Invoice\N{REPLACEMENT CHARACTER}.pdf, 12.3 kB" in text
    assert f"SHA-256 {'9f' * 32}" in text
