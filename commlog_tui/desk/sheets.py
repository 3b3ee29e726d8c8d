"""Where the stylesheets are: beside the package in a checkout, inside it in an installed wheel."""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[1]
_FIRST: Final = ("base", "table", "detail", "sidebar", "notice")
_LATER: Final = ("shared", "card", "delivery", "form")
"""Of what comes later or is opened over the log: they are read after the first frame."""


def sheets() -> list[Path]:
    """Return the stylesheets, the base first. Raises ``FileNotFoundError`` if one is missing."""
    return [*first_sheets(), *later_sheets()]


def first_sheets() -> list[Path]:
    """Return the stylesheets of the log, the base first. Raises as ``sheets``."""
    return _found(_FIRST)


def later_sheets() -> list[Path]:
    """Return the stylesheets of what comes later or is opened over the log. Raises as ``sheets``."""
    return _found(_LATER)


def _found(names: tuple[str, ...]) -> list[Path]:
    inside = _PACKAGE / "styles"
    folder = inside if inside.is_dir() else _PACKAGE.parent / "styles"
    found = [folder / f"{name}.tcss" for name in names]
    for sheet in found:
        if not sheet.is_file():
            raise FileNotFoundError(sheet)
    return found
