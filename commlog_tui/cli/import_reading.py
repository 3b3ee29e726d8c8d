"""The options of ``commlog import`` that say how times and mail are read."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import stopped

if TYPE_CHECKING:
    from commlog_tui.imports.items import ImportOptions

DATE_FORMATS: Final = ("dmy", "mdy", "ymd", "excel", "excel1904", "epoch", "epoch-ms")
_FOLDS: Final = {"": None, "first": 0, "second": 1}


def with_reading(
    options: "ImportOptions", date_format: str, fold: str, own: Sequence[str], *, received: bool
) -> "ImportOptions":
    """Return the options with those of the command line added.

    Each text of ``own`` holds one address or several.
    """
    from commlog_tui.imports.items import DateFormat, UnreadableError
    from commlog_tui.imports.recipients import normal_address

    if date_format and date_format not in DATE_FORMATS:
        raise stopped(f"--date-format must be one of {', '.join(DATE_FORMATS)}. Nothing was imported.", ExitCode.USAGE)
    if fold not in _FOLDS:
        raise stopped("--fold must be first or second. Nothing was imported.", ExitCode.USAGE)
    try:
        addresses = frozenset(normal_address(text) for given in own for text in re.split(r"[\s,;]+", given) if text)
    except UnreadableError:
        words = "--own, or own_addresses in the settings, must be e-mail addresses. Nothing was imported."
        raise stopped(words, ExitCode.USAGE) from None
    return replace(
        options,
        date_format=DateFormat(date_format) if date_format else None,
        fold=_FOLDS[fold],
        received=received,
        own=addresses,
    )
