"""The fast reader of JSON takes what the strict one takes, as the same value, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.service.json_values import parse, parse_slowly
from commlog_tui.service.problems import ProblemError

texts = st.text(max_size=6) | st.text(st.sampled_from('"\\:,{}[]ab\n\u2028é'), max_size=8)
numbers = st.integers(-(1 << 70), 1 << 70).map(str) | st.sampled_from(
    ["-0", "0.0", "-0.0", "1e3", "1E400", "9007199254740993", "1" * 41, "0." + "3" * 50, "NaN", "-Infinity", "01", "1."]
)
words = st.sampled_from(["null", "true", "false", "nul"])
names = st.sampled_from(["a", "b", "\\", 'c"']) | texts


def written(value: Any, escaped: bool) -> str:
    """Return a text as JSON."""
    return json.dumps(value, ensure_ascii=escaped)


def texts_of_objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.builds(
        lambda name, escaped, space, value: f"{written(name, escaped)}{space}:{value}",
        names, st.booleans(), st.sampled_from(["", " ", "\n"]), inner,
    )  # fmt: skip
    return st.lists(pairs, max_size=4).map(lambda some: "{" + ",".join(some) + "}")


odd = st.sampled_from(['"\\ud800"', '"\\ud83d\\ude00"', '"\t"'])
json_texts = st.recursive(
    st.builds(written, texts, st.booleans()) | numbers | words | odd,
    lambda inner: texts_of_objects(inner) | st.lists(inner, max_size=4).map(lambda some: f"[{', '.join(some)}]"),
    max_leaves=12,
)


def outcome(read: Any, raw: bytes) -> str:
    """Return the value with the types of its parts, or that there is none."""
    try:
        return repr(read(raw))
    except ProblemError as error:
        return error.problem.detail


@given(json_texts)
def test_any_json_is_read_as_the_strict_reader_reads_it(text: str) -> None:
    raw = text.encode(errors="surrogatepass")
    assert outcome(parse, raw) == outcome(parse_slowly, raw)


@given(json_texts, st.data())
def test_any_damaged_json_is_read_as_the_strict_reader_reads_it(text: str, data: st.DataObject) -> None:
    raw = bytearray(text.encode(errors="surrogatepass"))
    at = data.draw(st.integers(0, len(raw)))
    raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    assert outcome(parse, bytes(raw)) == outcome(parse_slowly, bytes(raw))


@pytest.mark.parametrize("raw", [b'{"a":1,"a":1}', b'{"a" :"b","c":{"a":null,"a" :2}}', b"[" * 100_000, b"", b'\xff""'])
def test_what_is_no_strict_json_is_refused(raw: bytes) -> None:
    with pytest.raises(ProblemError):
        parse(raw)
