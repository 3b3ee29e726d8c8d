"""Without the packages that draw proof sheets, all else works, and it is said what to install."""

import subprocess
import sys

import pytest

from commlog_tui.evidence import extras

PACKAGES = ("fpdf", "fontTools", "uharfbuzz", "manimgx_fonts")
BLOCKED = f"import sys; sys.modules.update(dict.fromkeys({PACKAGES})); "


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_of_the_extra_is_needed(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert extras.has_proof_extra()
    extras.has_proof_extra.cache_clear()
    monkeypatch.setitem(sys.modules, package, None)
    assert not extras.has_proof_extra()
    extras.has_proof_extra.cache_clear()


@pytest.mark.parametrize(
    "module", ["cli.app", "cli.proof", "cli.serve", "desk.app", "desk.log.screen", "evidence.bundle_builder"]
)
def test_nothing_but_the_sheet_needs_it(module: str) -> None:
    subprocess.run([sys.executable, "-c", f"{BLOCKED}import commlog_tui.{module}"], check=True)


def test_looking_for_it_loads_none_of_it() -> None:
    script = (
        "import sys; from commlog_tui.evidence.extras import has_proof_extra; print(has_proof_extra(), *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    found, *loaded = done.stdout.split()
    assert found == "True"
    assert not set(loaded) & {*PACKAGES, "textual", "pydantic"}
