"""Mutation testing of what proves and what must not double.

``python -m tests.mutation``, with the mutation extra installed. Every mutant is one change that
Cosmic Ray makes to one module. Its tests run in a process of its own, forked from one that has
loaded the libraries already; no file is changed. What was found is kept in a file, so that a run
can be cut short and gone on with. Prints the tables of docs/guide/evidence.md.
"""

import argparse
import gc
import json
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path
from time import monotonic
from types import CodeType
from typing import Final

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from hypothesis import Phase, settings

from tests.mutation.parts import PARTS, Part, is_of_types, is_used

ROOT: Final = Path(__file__).parents[2]
_PLUGINS: Final = ("pytest_asyncio.plugin", "_hypothesis_pytestplugin")
"""All that the tests need; others would only be loaded again and again."""
_PRELOADED: Final = (
    "pydantic msgspec apsw dateutil.parser cryptography fastapi httpx phonenumbers hypothesis.strategies"
)
_SECONDS: Final = 12
"""Of processor time: a mutant that needs more goes round and round, and is killed."""
_BYTES: Final = 3 << 30


@dataclass(frozen=True)
class Mutant:
    """One change to one module, and what became of it."""

    module: str
    operator: str
    occurrence: int
    line: int
    before: str
    after: str
    outcome: str = ""


def mutants(part: Part) -> Iterator[tuple[Mutant, str]]:
    """Give every mutant of a part with its source.

    Changes to types that nothing reads at run time are left out.
    """
    for module in part.modules:
        source = (ROOT / module).read_text(encoding="utf-8")
        tree = get_ast(source)
        skipped = is_of_types(source)
        for name in operator_names():
            if get_operator(name).arguments() or not is_used(name):
                continue
            operator = get_operator(name)()
            positions = [position for node in ast_nodes(tree) for position in operator.mutation_positions(node)]
            for occurrence, (start, end) in enumerate(positions):
                code = mutate_code(source, operator, occurrence)
                if code is not None and not skipped(start, end):
                    yield (
                        Mutant(module, name.removeprefix("core/"), occurrence, start[0], *_changed(source, code)),
                        code,
                    )


def _changed(source: str, code: str) -> tuple[str, str]:
    pairs = zip(source.splitlines(), code.splitlines(), strict=False)
    return next(((old.strip(), new.strip()) for old, new in pairs if old != new), ("", ""))


def start(mutant: Mutant, code: str, part: Part) -> int:
    """Fork a process that runs the tests with the mutant in the module's place; return its id."""
    process = os.fork()
    if process:
        return process
    ended = 3
    try:
        ended = _run(str(ROOT / mutant.module), code, part.tests)
    finally:
        os._exit(ended)


def _run(path: str, code: str, tests: tuple[str, ...]) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    get_code = SourceFileLoader.get_code

    def planted(self: SourceFileLoader, name: str) -> CodeType | None:
        return compile(code, path, "exec", dont_inherit=True) if self.path == path else get_code(self, name)

    SourceFileLoader.get_code = planted  # type: ignore[assignment, method-assign] # the mutant takes the module's place
    settings.register_profile(
        "mutation", derandomize=True, database=None, max_examples=30, phases=(Phase.explicit, Phase.generate)
    )
    settings.load_profile("mutation")
    quietly = (
        "-x",
        "-q",
        "--no-header",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:unraisableexception",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    )
    plugins = [word for name in _PLUGINS for word in ("-p", name)]
    return int(pytest.main([*quietly, *plugins, f"--rootdir={ROOT}", *tests]))


def require_green(part: Part) -> None:
    """End the program unless the tests of a part pass where nothing was changed.

    Else every mutant would seem to be killed.
    """
    module = part.modules[0]
    whole = Mutant(module, "", 0, 0, "", "")
    _, status = os.waitpid(start(whole, (ROOT / module).read_text(encoding="utf-8"), part), 0)
    if outcome_of(status) != "survived":
        sys.exit(f"The tests of {module} fail where nothing was changed. Nothing can be said of its mutants.")


def outcome_of(status: int) -> str:
    """Return what the end of a process says of its mutant."""
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL} else "killed"
    return "survived" if os.WEXITSTATUS(status) == 0 else "killed"


def run(part: Part, known: dict[str, str], at_once: int, until: float) -> Iterator[Mutant]:
    """Give the mutants of a part that nothing is known of yet, with what became of them, until time is up."""
    running: dict[int, Mutant] = {}
    waiting = ((mutant, code) for mutant, code in mutants(part) if _key(mutant) not in known)
    while True:
        while len(running) < at_once and monotonic() < until and (one := next(waiting, None)):
            running[start(*one, part)] = one[0]
        if not running:
            return
        process, status = os.wait()
        mutant = running.pop(process)
        yield Mutant(**asdict(mutant) | {"outcome": outcome_of(status)})


def _key(mutant: Mutant) -> str:
    return f"{mutant.module} {mutant.operator} {mutant.occurrence} {mutant.before} {mutant.after}"


def report(found: list[Mutant]) -> str:
    """Return the tables of what became of the mutants."""
    made, survived = (
        Counter(one.module for one in found),
        Counter(one.module for one in found if one.outcome == "survived"),
    )
    lines = ["| module | mutants | killed | survived | killed, % |", "|---|---|---|---|---|"]
    for module in [*sorted(made), "all"]:
        count, left = (len(found), survived.total()) if module == "all" else (made[module], survived[module])
        lines.append(f"| `{module}` | {count} | {count - left} | {left} | {100 * (count - left) / count:.1f} |")
    lines += ["", "Survivors:", ""]
    lines += [
        f"- {one.module}:{one.line}: `{one.before}` → `{one.after}`" for one in found if one.outcome == "survived"
    ]
    return "\n".join(lines)


def main() -> int:
    """Run what is asked for, as far as time goes; 1 while something is left to run."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation", description="Change the code, and see whether a test notices."
    )
    parser.add_argument(
        "--only", nargs="+", choices=sorted(PARTS), default=sorted(PARTS), help="the parts to change; by default all"
    )
    parser.add_argument("--found", type=Path, default=ROOT / "mutation.jsonl", help="where to keep what was found")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="how many processes")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin nothing new after so many")
    asked = parser.parse_args()
    until = monotonic() + asked.seconds
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in (*_PRELOADED.split(), *_PLUGINS):
        import_module(name)
    gc.freeze()  # what every process has loaded already is looked through by none of them
    asked.found.touch()
    items = [Mutant(**json.loads(line)) for line in asked.found.read_text(encoding="utf-8").splitlines()]
    known = {_key(mutant): mutant for mutant in items}
    with asked.found.open("a", encoding="utf-8") as file:
        for name in asked.only:
            require_green(PARTS[name])
            for mutant in run(PARTS[name], {key: one.outcome for key, one in known.items()}, asked.at_once, until):
                known[_key(mutant)] = mutant
                file.write(json.dumps(asdict(mutant)) + "\n")
                file.flush()
    there = [_key(mutant) for name in asked.only for mutant, _ in mutants(PARTS[name])]
    left = [key for key in there if key not in known]
    sys.stdout.write(
        report([known[key] for key in there if key in known]) + f"\n\n{len(left)} mutants are left to run.\n"
    )
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
