"""The short form of order, and that its witness sees what is out of it."""

from pathlib import Path

from tests.prove.order import _Witness, keep_order


async def test_the_dense_seq_is_what_everyone_agrees_on(tmp_path: Path) -> None:
    found = await keep_order(tmp_path, 7, 400)
    assert found.acknowledged == 400
    assert (found.lost, found.doubled, found.faults) == (0, 0, ())
    assert " 0 times" not in found.done, "the feeds were never cut"


def test_the_witness_sees_a_write_that_overtook_an_earlier_one() -> None:
    witness = _Witness(3, order=[(0.0, 1.0, 2), (0.5, 3.0, 3), (2.0, 4.0, 1)])
    witness.look_at_order()
    assert witness.faults == ["1 was begun after 2 was answered"]
