"""``commlog customer``, ``contact``, ``preference``, and ``who`` with what they record."""

import json
from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.contract.customer_record import local_customer_id
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("log")


def test_a_guest_is_named_merged_and_separated(run: Run, log: list[AppendEntry]) -> None:
    made = run("customer", "add", "Zoë Reed", "--to", "07700 900999", "--key", "guest")
    assert made.exit_code == ExitCode.OK, made.output
    local = local_customer_id("guest")
    assert local in made.stderr
    assert run("add", "--via", "phone", "--title", "Rang", "--to", "07700 900999", "--customer", local).exit_code == 0
    listed = run("customer", "list", "reed")
    assert listed.stdout == f"Zoë Reed  {local}  07700 900999  made here\n"
    assert run("customer", "merge", local, "c-1", "--why", "same voice", "--by", "Noor").exit_code == ExitCode.OK
    (one,) = json.loads(run("customer", "list", "reed", "--json").stdout)
    assert (one["local"], one["merged"]) == (True, ["c-1"])
    assert "Rang" in run("list", "--customer", "c-1").stdout
    assert run("customer", "unmerge", local, "c-1").exit_code == ExitCode.OK
    assert "Rang" not in run("list", "--customer", "c-1").stdout
    lines = run("contact", "list", "c-1").stdout.splitlines()
    assert f"{local} is the same as c-1 (same voice)" in lines[0]
    assert "(Noor), name given at the desk" in lines[0]
    assert f"{local} is separated from c-1" in lines[1]


def test_an_address_is_corrected_and_a_preference_shows_who_calls(run: Run, log: list[AppendEntry]) -> None:
    result = run("contact", "add", "c-1", "zoe@gmial.com", "--old", "ada@example.com", "--why", "asked")
    assert result.exit_code == ExitCode.OK, result.output
    assert "Did you mean zoe@gmail.com?" in result.stderr
    assert run("contact", "add", "c-1", "07700 900888").exit_code == ExitCode.OK
    assert run("preference", "add", "--to", "07700 900888", "--via", "sms", "--words", "no texts please").exit_code == 0
    shown = run("preference", "list", "--customer", "c-1").stdout
    assert shown.startswith("no texts to 07700 900888 (no texts please, ")
    who = run("who", "+44 7700 900888")
    assert "no texts to 07700 900888 (no texts please" in who.stdout.splitlines()[0]
    assert run("preference", "add", "--to", "07700 900888", "--via", "sms", "--allow").exit_code == 0
    assert run("preference", "list", "--to", "07700 900888").stdout.startswith("texts allowed to 07700 900888 (")


def test_exactly_this_number_comes_before_others_that_contain_it(run: Run, log: list[AppendEntry]) -> None:
    assert run("customer", "add", "Exact", "--to", "+44 7700 900123").exit_code == 0
    assert run("customer", "add", "Longer", "--to", "+44 7700 900124").exit_code == 0
    assert run("who", "07700900123").stdout.startswith("Exact  ")
    assert "Longer" not in run("who", "07700900123").stdout
    assert "Longer" in run("who", "0770090012").stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("customer", "add", ""), ExitCode.REFUSED),
        (("customer", "merge", "c-1", "c-1"), ExitCode.REFUSED),
        (("contact", "add", "c-1", "a", "--old", "a"), ExitCode.REFUSED),
        (("preference", "add", "--words", "nobody"), ExitCode.REFUSED),
        (("preference", "list"), ExitCode.USAGE),
        (("contact", "list", "nobody"), ExitCode.NOTHING),
        (("customer", "list", "nobody at all"), ExitCode.NOTHING),
    ],
)
def test_what_is_wrong_is_said(run: Run, words: tuple[str, ...], code: ExitCode) -> None:
    assert run(*words).exit_code == code
    assert run("outbox", "list").exit_code == ExitCode.NOTHING


def test_an_imported_text_that_says_stop_is_a_preference(run: Run, log: list[AppendEntry], tmp_path: Path) -> None:
    names = "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit"
    row = "+447700900456,+447700900000,Stop,received,2026-11-03T09:14:00Z,2010,1,,AC1,SM9,inbound,,USD"
    file = tmp_path / "texts.csv"
    file.write_text(f"{names}\n{row}\n")
    for _ in range(2):
        assert run("import", str(file)).exit_code == ExitCode.OK
    shown = run("preference", "list", "--to", "07700 900456")
    assert shown.stdout == "no texts to +447700900456 (opted out by STOP, 3 Nov)\n"
