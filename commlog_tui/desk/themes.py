"""The desk's own themes. Tests measure that all text has enough contrast."""

from typing import Final

from textual.theme import Theme

DEFAULT: Final = "commlog-dark"


def _theme(
    name: str,
    *,
    dark: bool,
    grounds: tuple[str, str, str, str],
    text: tuple[str, str],
    signs: tuple[str, str, str],
    primary: tuple[str, str],
    cursor: tuple[str, str],
    bar: str,
) -> Theme:
    """Return a theme from backgrounds (darkest first), text, muted text, signal colours and scrollbar."""
    background, surface, panel, boost = grounds
    foreground, muted = text
    error, accent, success = signs
    line, chosen = primary
    cursor_ground, cursor_text = cursor
    variables = {
        "boost": boost,  # a theme with a panel of its own has no other way to say it
        "text-muted": muted,
        "text-disabled": muted,
        "foreground-muted": muted,
        "text-primary": line,
        "text-error": error,
        "text-warning": accent,
        "text-accent": accent,
        "text-success": success,
        "primary-muted": chosen,
        "block-cursor-background": cursor_ground,
        "block-cursor-foreground": cursor_text,
        "block-cursor-blurred-background": chosen,
        "block-cursor-blurred-foreground": foreground,
        "footer-key-foreground": accent,
        "border-blurred": muted,
        # A track of its own would be a stripe beside what is not even scrolled.
        **dict.fromkeys(
            ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active"), background
        ),
        "scrollbar": bar,
        **dict.fromkeys(("scrollbar-hover", "scrollbar-active"), line),
        "input-selection-background": cursor_ground,
        "input-selection-foreground": cursor_text,
    }
    return Theme(
        name=name,
        primary=line,
        accent=accent,
        warning=accent,
        error=error,
        success=success,
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        dark=dark,
        variables=variables,
    )


THEMES: Final = {
    theme.name: theme
    for theme in (
        _theme(
            DEFAULT,
            dark=True,
            grounds=("#14181d", "#1b2027", "#252c35", "#2a323c"),
            text=("#e3e7ec", "#a9b3be"),
            signs=("#ff9a94", "#e6b866", "#83d18f"),
            primary=("#6bb1dd", "#23435a"),
            cursor=("#2f72a2", "#ffffff"),
            bar="#66727f",
        ),
        _theme(
            "commlog-light",
            dark=False,
            grounds=("#fbfbf9", "#f3f3ef", "#e6e7e2", "#dfe1db"),
            text=("#1d2329", "#4d545a"),
            signs=("#a3182c", "#704300", "#1c6130"),
            primary=("#1f5f8b", "#cfe0ec"),
            cursor=("#1f5f8b", "#ffffff"),
            bar="#82888d",
        ),
        _theme(
            "high-contrast-dark",
            dark=True,
            grounds=("#000000", "#000000", "#1c1c1c", "#262626"),
            text=("#ffffff", "#d8d8d8"),
            signs=("#ffb0b0", "#ffd75f", "#9df09d"),
            primary=("#8fdcff", "#00405c"),
            cursor=("#ffff6b", "#000000"),
            bar="#767676",
        ),
        _theme(
            "high-contrast-light",
            dark=False,
            grounds=("#ffffff", "#ffffff", "#efefef", "#e6e6e6"),
            text=("#000000", "#333333"),
            signs=("#7d0012", "#4a2d00", "#0d4a1e"),
            primary=("#003a70", "#cfe3ff"),
            cursor=("#003a70", "#ffffff"),
            bar="#767676",
        ),
        # Orange, sky blue and bluish green on black, blue under white, of Okabe and Ito's palette:
        # "Color Universal Design", 2002, revised 2008, jfly.uni-koeln.de/color. Nothing is told
        # apart by red and green.
        _theme(
            "colour-blind-safe",
            dark=True,
            grounds=("#000000", "#0b0d10", "#16191d", "#1b1f24"),
            text=("#f2f2f2", "#b4bac1"),
            signs=("#e69f00", "#56b4e9", "#009e73"),
            primary=("#56b4e9", "#173a52"),
            cursor=("#0072b2", "#ffffff"),
            bar="#767676",
        ),
    )
}
"""The themes by name."""
