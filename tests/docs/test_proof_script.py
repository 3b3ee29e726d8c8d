"""The script that is printed for those who trust nothing of ours.

Short, of its own, and as strict as the program.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.ledger.bundle import Bundle, BundleError, verify_bundle
from tests.ledger.bundles import FIRST, a_bundle, a_log, signer

PAGE = (Path(__file__).parents[2] / "docs" / "proof.md").read_text(encoding="utf-8")
BLOCK = re.search(r"<!-- script -->\n```python\n(.*?\n)```\n<!-- /script -->", PAGE, re.DOTALL)
assert BLOCK, "the page prints the script"
SCRIPT = BLOCK[1]
SOUND = json.loads(a_bundle().write())
Document = dict[str, Any]


@pytest.fixture
def verify(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the script as the page says, where nothing of ours can be imported."""
    script, file = tmp_path / "verify_proof.py", tmp_path / "sheet.json"
    script.write_text(SCRIPT, encoding="utf-8")

    def run(document: Document, *key: str) -> subprocess.CompletedProcess[str]:
        file.write_text(json.dumps(document), encoding="utf-8")
        words = [sys.executable, "-P", str(script), str(file), *key]
        return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def script() -> ModuleType:
    module = ModuleType("verify_proof")
    exec(compile(SCRIPT, "verify_proof.py", "exec"), module.__dict__)  # noqa: S102 - it is our own page
    return module


def copy() -> Document:
    document: Document = json.loads(json.dumps(SOUND))
    return document


def test_it_is_short_and_uses_nothing_of_ours() -> None:
    assert len(SCRIPT.splitlines()) < 200
    imported = set(re.findall(r"^(?:import|from) ([a-z0-9_., ]+?)(?: import .*)?$", SCRIPT, re.MULTILINE))
    names = {name.strip().partition(".")[0] for line in imported for name in line.split(",")}
    assert names - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_good_bundle_verifies_and_is_shown(verify: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = verify(SOUND, SOUND["key"])
    assert (done.returncode, done.stderr) == (0, "")
    assert "ada@x.example" in done.stdout
    assert SOUND["key"] in done.stdout
    unknown = verify(SOUND)
    assert (unknown.returncode, unknown.stdout) == (8, done.stdout)
    assert unknown.stderr == "It verifies, but nobody here knows the key.\n"


def test_a_redacted_bundle_verifies_and_shows_nothing_personal(
    verify: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    log = a_log()
    log.add("redaction", FIRST, {"reason": "asked"})
    log.forget(1, 3, 5)
    done = verify(json.loads(log.bundle((FIRST, (1, 3, 5, 8))).write()))
    assert (done.returncode, "ada" in done.stdout, "asked" in done.stdout) == (8, False, True)


def test_another_key_than_the_one_given_is_said(verify: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = verify(SOUND, signer(9).verifier.vkey)
    assert (done.returncode, done.stderr) == (
        7,
        "WRONG: it verifies, but not with the key that was given, nor one that this vouches for\n",
    )


def test_what_cannot_be_read_is_said(tmp_path: Path, verify: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    for key in ("no key", str(tmp_path), "commlog/x+00000000+AAAA"):
        done = verify(SOUND, key)
        assert (done.returncode, done.stdout) == (2, "")
        assert re.fullmatch(r"WRONG: .+\n", done.stderr)
    for words in ([], [str(tmp_path / "none.json")], [str(tmp_path)]):
        script = [sys.executable, "-P", str(tmp_path / "verify_proof.py"), *words]
        done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")


def replaced(text: str, other: str, *path: str | int) -> Document:
    document = copy()
    at: Any = document
    for step in path[:-1]:
        at = at[step]
    assert text in at[path[-1]]
    at[path[-1]] = at[path[-1]].replace(text, other, 1)
    return document


def without(record: int) -> Document:
    document = copy()
    del document["records"][record]
    return document


def swapped(*, also: str | None = None) -> Document:
    document = copy()
    records = document["records"]
    if also is None:
        records[0], records[1] = records[1], records[0]
    else:
        records[0][also], records[1][also] = records[1][also], records[0][also]
    return document


def letter_of(text: str) -> str:
    return "0" if text != "0" else "1"


def resigned() -> Document:
    """The same records under a checkpoint of another log's, whose key is not told."""
    other = json.loads(a_log().bundle((FIRST, (1, 3, 5)), keys=[signer(9)]).write())
    return copy() | {"checkpoint": other["checkpoint"]}


TAMPERED: dict[str, Callable[[], Document]] = {
    "title": lambda: replaced("Confirmation", "Cancellation", "records", 0, "personal"),
    "address": lambda: replaced("ada@", "eva@", "records", 0, "personal"),
    "one accent": lambda: replaced("Zoë", "Zoe", "records", 1, "personal"),
    "a provider's words": lambda: replaced("250 ok", "251 ok", "records", 4, "personal"),
    "time of an event": lambda: replaced('"at":1762160405000000', '"at":1762160406000000', "records", 2, "record"),
    "kind of an event": lambda: replaced("bounced", "delivered", "records", 3, "record"),
    "time of sending": lambda: replaced('"sent_at":17', '"sent_at":16', "records", 0, "record"),
    "commitment": lambda: replaced('"personal":"0', '"personal":"1', "records", 0, "record"),
    "salt": lambda: replaced("01", "02", "records", 0, "salt"),
    "hash of a proof": lambda: replaced(SOUND["records"][0]["path"][1][:1], "x", "records", 0, "path", 1),
    "case of a hash": lambda: (
        copy() | {"records": [one | {"path": [step.upper() for step in one["path"]]} for one in SOUND["records"]]}
    ),
    "proof too short": lambda: copy() | {"records": [one | {"path": one["path"][:-1]} for one in SOUND["records"]]},
    "proof too long": lambda: (
        copy() | {"records": [one | {"path": [*one["path"], "0" * 64]} for one in SOUND["records"]]}
    ),
    "size in the checkpoint": lambda: replaced("\n7\n", "\n8\n", "checkpoint"),
    "root in the checkpoint": lambda: replaced("\n7\n", "\n7\nx", "checkpoint"),
    "origin of the checkpoint": lambda: replaced("/quay\n", "/pier\n", "checkpoint"),
    "signature": lambda: (
        copy()
        | {"checkpoint": SOUND["checkpoint"][:-9] + letter_of(SOUND["checkpoint"][-9]) + SOUND["checkpoint"][-8:]}
    ),
    "checkpoint of another key": resigned,
    "key": lambda: copy() | {"key": signer(9).verifier.named("commlog/x/quay").vkey},
    "an introduction": lambda: replaced("09:00", "10:00", "introductions", 0),
    "introductions that lead elsewhere": lambda: (
        copy()
        | {
            "introductions": json.loads(a_log().bundle((FIRST, (1,)), keys=[signer(1), signer(2)]).write())[
                "introductions"
            ]
        }
    ),
    "records swapped": swapped,
    "texts swapped": lambda: swapped(also="record"),
    "personal data swapped": lambda: swapped(also="personal"),
    "numbers swapped": lambda: swapped(also="seq"),
    "an entry dropped": lambda: without(0),
    "an event dropped": lambda: without(2),
    "the last event dropped": lambda: without(4),
    "a record twice": lambda: copy() | {"records": [*SOUND["records"], SOUND["records"][-1]]},
    "an event under another entry": lambda: (
        copy()
        | {
            "entries": [
                {"id": one["id"], "seqs": seqs} for one, seqs in zip(SOUND["entries"], ([1, 3, 4, 5], [2]), strict=True)
            ]
        }
    ),
    "an entry that is not listed": lambda: copy() | {"entries": SOUND["entries"][:1]},
    "personal data taken out": lambda: (
        copy() | {"records": [one | {"salt": None, "personal": None} for one in SOUND["records"]]}
    ),
    "entries in another order": lambda: copy() | {"entries": SOUND["entries"][::-1]},
    "nothing left": lambda: copy() | {"entries": [], "records": []},
    "another form": lambda: copy() | {"format": "commlog proof v2"},
}


@pytest.mark.parametrize("name", TAMPERED)
def test_whatever_is_tampered_with_is_found(name: str, verify: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    document = TAMPERED[name]()
    assert document != SOUND
    done = verify(document)
    assert (done.returncode, done.stdout) == (7, "")
    assert re.fullmatch(r"WRONG: .+\n", done.stderr)
    with pytest.raises(BundleError):
        verify_bundle(Bundle.read(json.dumps(document).encode()))


def test_an_event_dropped_with_every_mention_of_it_is_not_found_and_the_page_says_so(
    verify: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    assert verify(json.loads(a_log().bundle((FIRST, (1, 3))).write())).returncode == 8
    assert "Not that nothing was left out." in PAGE


@given(st.data())
def test_it_finds_every_changed_letter(data: st.DataObject) -> None:
    document = copy()
    record = data.draw(st.sampled_from(range(5)))
    places: list[tuple[Any, Any]] = [(document, "checkpoint"), (document, "key"), (document["introductions"], 0)]
    places += [(document["records"][record], name) for name in ("record", "personal", "salt")]
    places += [(document["records"][record]["path"], step) for step in range(len(document["records"][record]["path"]))]
    at, name = data.draw(st.sampled_from(places))
    text = at[name]
    index = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda other: other != text[index]))
    at[name] = text[:index] + letter + text[index + 1 :]
    try:
        script().verify(document)
    except Exception:  # noqa: BLE001 - whatever it is, the script ends with it
        return
    pytest.fail(f"{name}: {at[name]}")
