"""Exit codes: an interface like any other."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command ends with."""

    OK = 0
    NOTHING = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_PERMITTED = 4
    REFUSED = 5
    TROUBLE = 6
    TAMPERED = 7
    UNKNOWN_KEY = 8
    MISSING = 9
    SILENT = 10
    DATA_ERROR = 65
    RETRY = 75


MEANINGS = {
    ExitCode.OK: "done",
    ExitCode.NOTHING: "nothing was found",
    ExitCode.USAGE: "the command or the settings cannot be understood; nothing was done",
    ExitCode.UNREACHABLE: "the service does not answer; what was to be added waits in the outbox",
    ExitCode.NOT_PERMITTED: "the token was refused, or may not do this",
    ExitCode.REFUSED: "the content was refused, or some of it",
    ExitCode.TROUBLE: "something else went wrong",
    ExitCode.TAMPERED: "the log, or the proof, does not verify, or is not what it was",
    ExitCode.UNKNOWN_KEY: "it verifies, but under a key that nobody here knows",
    ExitCode.MISSING: "a message of the booking is overdue or did not arrive",
    ExitCode.SILENT: "`commlog status --hooks`: a provider has reported nothing for longer than usual",
    ExitCode.DATA_ERROR: "`commlog ingest`: the message cannot be recorded, now or later (`EX_DATAERR`)",
    ExitCode.RETRY: "`commlog ingest`: the message was not accepted; send it again (`EX_TEMPFAIL`)",
}


def exit_table() -> str:
    """Return the table of docs/reference/exit-codes.md."""
    return "\n".join(
        ["| code | meaning |", "|---|---|", *(f"| {code.value} | {words} |" for code, words in MEANINGS.items())]
    )
