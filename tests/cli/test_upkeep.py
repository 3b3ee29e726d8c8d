"""``commlog rebuild``, ``redact``, ``retention``."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run
from tests.store.tampering import rewrite, tampered
from tests.store.test_scrubbing import READER

COPIES = "Copies you made elsewhere (exports, backups, proof sheets, files of refused rows) are yours to remove.\n"


def test_an_entry_is_redacted(run: Run, log: list[AppendEntry]) -> None:
    answer = run("redact", log[0].id, "--reason", "asked to be forgotten")
    assert (answer.exit_code, answer.stderr) == (0, f"Redacted, on record as no. 5.\n{COPIES}")
    assert "last evening" not in run("show", log[0].id, "--json").stdout
    assert run("redact", log[0].id, "--reason", "again").exit_code == ExitCode.REFUSED


def test_bytes_that_a_reader_holds_up_are_said_by_redact_and_by_verify(
    run: Run, log: list[AppendEntry], data: Path
) -> None:
    words = (sys.executable, "-c", READER, str(data / "log.db"))
    with Popen(words, stdin=PIPE, stdout=PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"reading\n"
        answer = run("redact", log[3].id, "--reason", "asked")
        assert (answer.exit_code, "no. 5; its bytes are being overwritten" in answer.stderr) == (0, True)
        answer = run("redact", "--customer", "c-1", "--reason", "asked")
        assert (answer.exit_code, "2 entries; their bytes are being overwritten" in answer.stderr) == (0, True)
        assert "Redacted; its bytes are being overwritten." in run("verify").stderr
        reader.communicate(b"\n")
    assert run("list").exit_code == 0, "a service that starts ends it"
    while "being overwritten" in run("verify").stderr:
        assert run("list").exit_code == 0


def test_the_beginning_of_an_id_is_not_enough_for_what_cannot_be_undone(run: Run, log: list[AppendEntry]) -> None:
    answer = run("redact", log[0].id[:8], "--reason", "asked to be forgotten")
    assert (answer.exit_code, answer.stdout) == (ExitCode.USAGE, "")
    assert "whole id" in answer.stderr
    assert "last evening" in run("list").stdout


def test_all_of_a_customer_is_redacted(run: Run, log: list[AppendEntry]) -> None:
    answer = run("redact", "--customer", "c-1", "--reason", "asked to be forgotten")
    assert (answer.exit_code, answer.stderr) == (0, f"Redacted: 2 entries.\n{COPIES}"), (
        "one names them, one went to their address"
    )
    assert run("redact", "--customer", "c-1", "--reason", "asked").exit_code == ExitCode.NOTHING
    assert run("customers", "Zoë").exit_code == ExitCode.NOTHING


@pytest.mark.parametrize(
    "words",
    [
        ("--reason", "x"),
        ("x",),
        ("x", "--reason", ""),
        ("x", "--reason", "y" * 501),
        ("x", "--customer", "c-1", "--reason", "x"),
    ],
    ids=["nothing", "no reason", "an empty one", "a long one", "both"],
)
def test_what_cannot_be_meant_is_refused(run: Run, log: list[AppendEntry], words: tuple[str, ...]) -> None:
    assert run("redact", *words).exit_code == ExitCode.USAGE
    assert "last evening" in run("list").stdout


def test_a_retention_is_set_and_shown(run: Run, log: list[AppendEntry]) -> None:
    assert run("retention", "show", "quay").stdout == "for ever\n"
    assert run("retention", "set", "quay", "--months", "24").exit_code == 0
    assert run("retention", "show", "quay").stdout == "24\n"
    assert run("retention", "set", "quay", "--months", "0").exit_code == 0
    assert run("retention", "show", "quay").stdout == "for ever\n"
    assert run("retention", "set", "pier", "--months", "1").exit_code == ExitCode.REFUSED
    assert run("retention", "set", "quay", "--months", "-1").exit_code == ExitCode.USAGE


def test_what_retention_would_redact_is_shown_before_it_goes(run: Run, log: list[AppendEntry], data: Path) -> None:
    answer = run("retention", "run", "--dry-run")
    assert (answer.exit_code, answer.stdout, "No location has a retention" in answer.stderr) == (0, "", True)
    assert run("retention", "set", "quay", "--months", "1").exit_code == 0
    old = log[0].entry.sent_at < datetime.now(UTC) - timedelta(days=31)
    answer = run("retention", "run", "--dry-run")
    assert (answer.exit_code, log[0].id in answer.stdout, "Nothing was redacted." in answer.stderr) == (0, old, True)
    assert run("retention", "run", "--dry-run").stdout == answer.stdout, "it is there still"
    assert "Zoë" not in answer.stdout + answer.stderr
    assert run("retention", "run").exit_code == 0
    assert run("retention", "run", "--dry-run").stdout == ""
    assert ("last evening" in run("list").stdout) != old
    assert run("verify", "--projections").exit_code == 0


def test_a_log_is_rebuilt_and_what_cannot_be_read_is_named(run: Run, log: list[AppendEntry], data: Path) -> None:
    before = run("list").stdout
    with tampered(data / "log.db") as connection:
        connection.execute("DELETE FROM entry")
    assert run("list").exit_code == ExitCode.NOTHING
    assert run("rebuild").stderr.endswith("Made again from 4 records.\n")
    assert run("list").stdout == before
    with tampered(data / "log.db") as connection:
        rewrite(connection, 2, b"\x00")
    answer = run("rebuild")
    assert (answer.exit_code, "quay: no. 2 cannot be read" in answer.stderr) == (ExitCode.TAMPERED, True)
    assert len(run("list").stdout.splitlines()) == len(before.splitlines()) - 1
