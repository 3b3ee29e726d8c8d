"""``--value``: what the words of somebody else's table mean in ours."""

from collections.abc import Mapping, Sequence
from typing import Final

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import stopped

_FORM: Final = (
    "--value needs a field, a colon, their value, an equals sign and ours, such as status:hard_bounce=bounced"
)


def read_words(given: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Return the value mappings of each field, with case folded. An empty value means none.

    Raises:
        Exit: it is not in that form, or gives a field a value that it cannot have.
    """
    words: dict[str, dict[str, str]] = {}
    for text in given:
        field, colon, pair = text.partition(":")
        theirs, sign, ours = pair.rpartition("=")
        theirs = theirs.strip().casefold()
        if not colon or not sign or not theirs:
            raise _not_understood(f"{_FORM}.")
        _require(field, ours)
        if words.setdefault(field, {}).setdefault(theirs, ours) != ours:
            raise _not_understood(f"--value gives the same value of {field} two meanings.")
    return words


def _require(field: str, ours: str) -> None:
    from commlog_tui.contract.delivery import DeliveryKind
    from commlog_tui.contract.entry import Direction, Source
    from commlog_tui.imports.table import MAPPED

    known = {
        "status": ("logged", *DeliveryKind),
        "direction": tuple(Direction),
        "source": tuple(Source),
    }
    if field not in MAPPED:
        raise _not_understood(f"--value needs a field of an entry before the colon: {', '.join(MAPPED)}.")
    if ours and field in known and ours not in known[field]:
        raise _not_understood(f"--value: {field} is one of {', '.join(known[field])}.")


def _not_understood(words: str) -> Exception:
    return stopped(f"{words} Nothing was imported.", ExitCode.USAGE)
