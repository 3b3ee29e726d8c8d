"""The colours of the desk's own themes, as its style sheets resolve them. A test compares both."""

from collections.abc import Mapping
from typing import Final

DEFAULT: Final = "commlog-dark"
ROLES: Final = (
    "background", "surface", "panel", "boost", "foreground", "text-muted", "text-accent", "text-error",
    "block-cursor-background", "block-cursor-foreground", "scrollbar",
)  # fmt: skip
"""Names of the colours, as the style sheets have them."""
_COLOURS: Final = {
    "commlog-dark": "14181d 1b2027 252c35 2a323c e3e7ec a9b3be e6b866 ff9a94 2f72a2 ffffff 66727f",
    "commlog-light": "fbfbf9 f3f3ef e6e7e2 dfe1db 1d2329 4d545a 704300 a3182c 1f5f8b ffffff 82888d",
    "high-contrast-dark": "000000 000000 1c1c1c 262626 ffffff d8d8d8 ffd75f ffb0b0 ffff6b 000000 767676",
    "high-contrast-light": "ffffff ffffff efefef e6e6e6 000000 333333 4a2d00 7d0012 003a70 ffffff 767676",
    "colour-blind-safe": "000000 0b0d10 16191d 1b1f24 f2f2f2 b4bac1 56b4e9 e69f00 0072b2 ffffff 767676",
}
PALETTES: Final[Mapping[str, Mapping[str, str]]] = {
    name: dict(zip(ROLES, colours.split(), strict=True)) for name, colours in _COLOURS.items()
}
"""The colours of each theme by their roles: six hexadecimal digits each."""
