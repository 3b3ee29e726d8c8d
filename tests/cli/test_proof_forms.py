"""``commlog proof --form``: another sheet of the same bundle."""

from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.ledger.bundle import Bundle
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run


def test_the_form_for_disputes_is_another_pdf_of_the_same_bundle(
    run: Run, log: list[AppendEntry], tmp_path: Path
) -> None:
    pdf, file = tmp_path / "sheet.pdf", tmp_path / "sheet.json"
    done = run("proof", "booking", "HB-1", "--form", "dispute", "--pdf", str(pdf), "--json", str(file))
    assert (done.exit_code, done.stderr.count("personal data")) == (0, 1)
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert b"/EmbeddedFile" not in pdf.read_bytes()
    assert [record.seq for record in Bundle.read(file.read_bytes()).records] == [2]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--form", "letter", "--pdf", "x.pdf"], "known are full and dispute"),
        (["--form", "dispute", "--json", "x.json"], "Only a PDF has a form"),
    ],
)
def test_a_form_that_is_none_makes_nothing(run: Run, log: list[AppendEntry], words: list[str], reason: str) -> None:
    done = run("proof", "entry", log[0].id, *words)
    assert (done.exit_code, done.stdout) == (ExitCode.USAGE, "")
    assert reason in done.stderr
