"""Checkpoints and the keys that sign them."""

import pytest

from commlog_tui.ledger.checkpoint import Checkpoint, CheckpointError
from commlog_tui.ledger.keys import Introduction, successors
from commlog_tui.ledger.note import NoteError, Signer
from commlog_tui.ledger.tree import EMPTY_ROOT

SIGNER = Signer.new("commlog/1")
HERE = Checkpoint("commlog/1/quay", 7, EMPTY_ROOT)
KEY = SIGNER.verifier.named(HERE.origin)
AT = "2026-11-03T12:00:00Z"


def test_a_checkpoint_comes_back_from_its_note() -> None:
    note = HERE.sign(SIGNER)
    assert note.startswith("commlog/1/quay\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u2014 commlog/1/quay ")
    assert Checkpoint.open(note, KEY) == Checkpoint.peek(note) == HERE


def test_a_checkpoint_of_another_location_or_key_is_refused() -> None:
    with pytest.raises(CheckpointError, match="not signed by this key"):
        Checkpoint.open(HERE.sign(SIGNER), SIGNER.verifier.named("commlog/1/pier"))
    with pytest.raises(CheckpointError, match="not signed by this key"):
        Checkpoint.open(HERE.sign(Signer.new("commlog/1")), KEY)
    body = HERE.sign(SIGNER).partition("\n\n")[0] + "\n"
    with pytest.raises(CheckpointError, match="another log"):
        Checkpoint.open(SIGNER.named("commlog/1/pier").sign(body), SIGNER.verifier.named("commlog/1/pier"))
    with pytest.raises(CheckpointError, match="another log"):
        Checkpoint.open(SIGNER.named("commlog/1/zoo").sign(body), SIGNER.verifier.named("commlog/1/zoo"))


ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize(
    "body",
    ["x\n", "x\n7\n", f"\n7\n{ROOT}\n", f"x\n07\n{ROOT}\n", f"x\n-7\n{ROOT}\n", f"x\n٣\n{ROOT}\n",
    f"x\n{10**19}\n{ROOT}\n",
     "x\n7\n47DEQpj8HBSa\n", "x\n7\n!!!\n", f"x\n7\n{ROOT[:-2]}V=\n", f"x\n7\n{ROOT[:-2]}UAAA=\n",
     f"x\n7\n{'A' * 44}\n"],
)  # fmt: skip
def test_a_malformed_checkpoint_is_refused_signed_or_not(body: str) -> None:
    signer = SIGNER.named("x")
    with pytest.raises(CheckpointError, match="malformed"):
        Checkpoint.open(signer.sign(body), signer.verifier)
    with pytest.raises(CheckpointError, match="malformed"):
        Checkpoint.peek(signer.sign(body))


def test_extension_lines_are_signed_and_passed_over() -> None:
    note = SIGNER.named("x").sign(f"x\n0\n{ROOT}\nmore\n")
    assert Checkpoint.open(note, SIGNER.verifier.named("x")).size == 0


def test_keys_lead_from_the_trusted_one_to_the_present_one() -> None:
    first, second, third, stranger = (Signer.new("commlog/1") for _ in range(4))
    chain = [Introduction.sign(old, new, AT).note for old, new in ((first, second), (second, third))]
    assert [key.key for key in successors(first.verifier.key, chain)] == [second.verifier.key, third.verifier.key]
    assert [key.key for key in successors(second.verifier.key, chain)] == [third.verifier.key]
    assert successors(third.verifier.key, chain) == successors(stranger.verifier.key, chain) == []
    assert successors(first.verifier.key, ["junk", "", *chain[1:]]) == []
    assert len(successors(first.verifier.key, ["junk", chain[0], "", chain[1]])) == 2
    assert Introduction.open(chain[0]).at == AT


def test_only_the_old_key_introduces_a_new_one() -> None:
    first, second = Signer.new("commlog/1"), Signer.new("commlog/1")
    text = Introduction.sign(first, second, AT).note.partition("\n\n")[0] + "\n"
    with pytest.raises(NoteError):
        Introduction.open(second.sign(text))
    for name in ("commlog/0", "commlog/2"):
        with pytest.raises(NoteError, match="malformed"):
            Introduction.open(Introduction.sign(first, second.named(name), AT).note)
    for other in (
        text.replace("rotation", "gift"),
        text.replace("v1", "v2", 1),
        text + "more\n",
        text.removesuffix(f"{AT}\n"),
    ):
        with pytest.raises(NoteError, match="malformed"):
            Introduction.open(first.sign(other))
