"""Where the stylesheets are: beside the package in a checkout, inside it in an installed wheel."""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[1]
_ORDER: Final = ("base", "table", "detail", "sidebar", "notice", "card", "delivery", "form")


def sheets() -> list[Path]:
    """Return the stylesheets, the base first. Raises ``FileNotFoundError`` if one is missing."""
    inside = _PACKAGE / "styles"
    folder = inside if inside.is_dir() else _PACKAGE.parent / "styles"
    found = [folder / f"{name}.tcss" for name in _ORDER]
    for sheet in found:
        if not sheet.is_file():
            raise FileNotFoundError(sheet)
    return found
