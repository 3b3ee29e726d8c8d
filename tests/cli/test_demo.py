"""The demo is made by whichever command asks for it first."""

import json

from tests.cli.conftest import Run


def test_a_command_that_looks_at_the_demo_makes_it(run: Run) -> None:
    result = run("list", "--demo", "--limit", "1", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["total"]["count"] > 15_000
    checked = run("demo", "--check")
    assert (checked.exit_code, "stylesheets found" in checked.stdout) == (0, True)
