"""What is mutated, and which tests are to notice."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

Position = tuple[int, int]
_BINARY: Final = (
    "Add_Sub Sub_Add Mul_Add Mul_FloorDiv FloorDiv_Mul Mod_Mul BitAnd_BitOr BitOr_BitAnd BitOr_BitXor BitXor_BitOr"
)
_SHIFTS: Final = "LShift_RShift RShift_LShift Pow_Mul"
_ORDERS: Final = "Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE GtE_Gt GtE_Lt"
_SAMENESS: Final = "Eq_NotEq Eq_GtE Eq_LtE NotEq_Eq NotEq_Lt NotEq_Gt Is_IsNot IsNot_Is In_NotIn NotIn_In"
_REPLACEMENTS: Final = frozenset(f"{_BINARY} {_SHIFTS} {_ORDERS} {_SAMENESS}".split())


def is_used(operator: str) -> bool:
    """Whether one of Cosmic Ray's operators is used.

    Of the many replacements of an operator by another, the likely mistakes.
    """
    kind, _, change = operator.partition("Operator_")
    return kind not in {"core/ReplaceBinary", "core/ReplaceComparison"} or change in _REPLACEMENTS


@dataclass(frozen=True)
class Part:
    """Modules, and the tests that are run on each of their mutants until one fails.

    Quick ones first.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _ledger(*names: str) -> tuple[str, ...]:
    return tuple(f"commlog_tui/ledger/{name}.py" for name in names)


_STORED: Final = ("tests/store/test_tampering.py", "tests/store/test_tree.py")
PARTS: Final = {
    "proof": Part(
        _ledger("proof"), ("tests/ledger/test_proof.py", "tests/ledger/test_witness.py", "tests/store/test_tree.py")
    ),
    "tree": Part(_ledger("tree"), ("tests/ledger/test_tree.py", "tests/ledger", *_STORED)),
    "verifier": Part(_ledger("verifier"), ("tests/ledger/test_verifier.py", *_STORED)),
    "note": Part(
        _ledger("note", "checkpoint", "keys", "witness"),
        tuple(f"tests/ledger/test_{name}.py" for name in ("note", "checkpoint", "witness")),
    ),
    "leaf": Part(_ledger("leaf", "canonical"), ("tests/ledger/test_leaf.py",)),
    "identity": Part(
        ("commlog_tui/contract/identity.py",), ("tests/contract/test_entries.py", "tests/store/test_append.py")
    ),
    "append": Part(
        ("commlog_tui/store/sqlite/append.py",),
        (
            "tests/store/test_append.py",
            "tests/store/test_redaction.py",
            "tests/store/test_tree.py",
            "tests/store/test_rebuild.py",
        ),
    ),
    "service": Part(
        ("commlog_tui/service/entries.py",),
        (
            "tests/service/test_api.py",
            "tests/service/test_access.py",
            "tests/service/test_problems.py",
            "tests/service/test_redaction.py",
        ),
    ),
}


def is_of_types(source: str) -> Callable[[Position, Position], bool]:
    """Return whether what lies between two positions names a type.

    No test can notice that it changed.
    """
    spans = [(_begin(node), _end(node)) for node in _types(ast.parse(source))]
    return lambda start, end: any(first <= start and end <= last for first, last in spans)


def _types(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if isinstance(found := getattr(node, name, None), ast.expr):
                yield found
    for statement in tree.body:
        if (
            isinstance(statement, ast.Assign)
            and isinstance(statement.targets[0], ast.Name)
            and statement.targets[0].id.istitle()
        ):
            yield statement.value


def _begin(node: ast.expr) -> Position:
    return node.lineno, node.col_offset


def _end(node: ast.expr) -> Position:
    return node.end_lineno or node.lineno, node.end_col_offset or 0
