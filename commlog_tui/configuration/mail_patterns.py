"""Compile the patterns of the ``[mail]`` table, by which fields of a message are found."""

import re
import warnings
from collections.abc import Mapping
from typing import Final

from commlog_tui.configuration.file import SettingsFile
from commlog_tui.configuration.rules import KINDS, MAIL_FIELDS, SettingsError, nearest

_LONGEST: Final = 500
_MOST_KINDS: Final = 50
_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)


def mail_patterns(file: SettingsFile) -> tuple[dict[str, re.Pattern[str]], dict[str, re.Pattern[str]]]:
    """Return the patterns by field, and those of the subject by kind of message.

    Raises:
        SettingsError: a name is unknown, or a pattern is not a regular expression. The message says
            where it is and does not repeat it.
    """
    fields, kinds = {}, {}
    for name, value in file.mail.items():
        if name == KINDS:
            kinds = _kinds(file, value)
        elif name in MAIL_FIELDS:
            fields[name] = _compiled(value, file.position("mail", name), name)
        else:
            words = f"there is no mail setting {ascii(name)[1:-1][:60]}{nearest(name, (*MAIL_FIELDS, KINDS))}"
            raise SettingsError(f"{file.position('mail', name)}: {words}")
    return fields, kinds


def _kinds(file: SettingsFile, table: object) -> dict[str, re.Pattern[str]]:
    where = file.position("mail", KINDS)
    if not isinstance(table, Mapping):
        raise SettingsError(f"{where}: kinds must be a table, headed [mail.kinds].")
    if len(table) > _MOST_KINDS:
        raise SettingsError(f"{where}: at most {_MOST_KINDS} kinds can be named.")
    for name in table:
        if not _SLUG.fullmatch(name):
            words = "a kind is named by lower-case letters, digits and hyphens, at most 32"
            raise SettingsError(f"{file.position('mail', KINDS, name)}: {words}.")
    return {name: _compiled(value, file.position("mail", KINDS, name), name) for name, value in table.items()}


def _compiled(value: object, where: str, name: str) -> re.Pattern[str]:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise SettingsError(
            f"{where}: {name} must be a regular expression of at most {_LONGEST} characters, in quotes."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what later versions of Python may read differently
            pattern = re.compile(value)
    except (re.error, OverflowError, RecursionError, ValueError):
        raise SettingsError(f"{where}: {name} is not a regular expression of Python. Nothing was changed.") from None
    if pattern.groups > 1:
        raise SettingsError(f"{where}: {name} has more than one group; write (?:…) for those that only hold together.")
    return pattern
