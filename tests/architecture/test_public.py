"""What a public host reads: the workflow, the hooks, the templates."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "check.yml"
FILES = [*(ROOT / ".github").rglob("*.yml"), ROOT / ".pre-commit-config.yaml"]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_valid_yaml_and_name_no_host(path: Path) -> None:
    assert read(path)
    assert not re.search(r"https?://|\b\d+\.\d+\.\d+\.\d+\b", path.read_text(encoding="utf-8"))


def test_every_system_and_python_is_tested() -> None:
    matrix = read(WORKFLOW)["jobs"]["test"]["strategy"]["matrix"]
    assert matrix == {
        "system": ["ubuntu-latest", "macos-latest", "windows-latest"],
        "python": ["3.11", "3.12", "3.13"],
    }
    classifiers = re.findall(
        r"Programming Language :: Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )
    assert classifiers == matrix["python"]


def test_the_workflow_runs_the_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- test -->\n```sh\n(.+)\n```", readme)
    assert block
    posix, windows = [
        step["run"] for step in read(WORKFLOW)["jobs"]["test"]["steps"] if "README.md" in step.get("run", "")
    ]
    for script, expected in (
        (posix, block[1]),
        (windows, block[1].replace("python3", "python").replace("/bin/", "/Scripts/")),
    ):
        shown = script.replace("bash -euo pipefail -c", "printf '%s\\n'")
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", shown], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected


def test_every_hook_is_local() -> None:
    (repo,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    assert all(hook["language"] == "system" for hook in repo["hooks"])
