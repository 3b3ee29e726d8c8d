"""No class does everything: its methods are counted over all of its bases that are ours."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "commlog_tui"
MOST = 40


def classes() -> tuple[dict[str, set[str]], dict[str, list[str]]]:
    """Return the methods and the bases of every class of the package, by its name."""
    methods: dict[str, set[str]] = {}
    bases: dict[str, list[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                functions = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
                methods.setdefault(node.name, set()).update(one.name for one in functions)
                bases.setdefault(node.name, []).extend(
                    ast.unparse(one).split("[")[0].split(".")[-1] for one in node.bases
                )
    return methods, bases


def test_no_class_has_more_than_40_methods_over_its_bases() -> None:
    methods, bases = classes()

    def over_bases(name: str, below: frozenset[str] = frozenset()) -> set[str]:
        if name not in methods or name in below:
            return set()
        return methods[name].union(*(over_bases(base, below | {name}) for base in bases[name]))

    counts = {name: len(over_bases(name)) for name in methods}
    assert counts
    assert not {name: count for name, count in counts.items() if count > MOST}
