"""Every text that a sheet can show can be read in every theme of ours."""

import re

import pytest
from textual.color import Color

from commlog_tui.desk.sheets import sheets
from commlog_tui.desk.themes import DEFAULT, THEMES

SHEETS = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets())
DECLARATION = re.compile(r"^ *([a-z-]+): ([^;]+);$", re.MULTILINE)
# What Textual's own widgets show on our grounds, too.
OURS = {
    "foreground",
    "text-muted",
    "text-error",
    "text-accent",
    "text-success",
    "text-warning",
    "text-disabled",
    "text-primary",
}
GROUNDS = {"background", "surface", "panel", "boost"}
MARKS = {"primary", "success", "error", "scrollbar", "block-cursor-background"}
"""What borders, bars, the cursor and the scrollbar are drawn in."""
PAIRS = {
    ("foreground", "primary-muted"),
    ("text-muted", "primary-muted"),
    ("block-cursor-foreground", "block-cursor-background"),
}


def values_of(name: str) -> set[str]:
    return {value for declared, value in DECLARATION.findall(SHEETS) if declared == name}


def luminance(colour: Color) -> float:
    """Return the relative luminance, as WCAG 2.1 defines it."""
    parts = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in colour.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.1, from 1 to 21."""
    darker, lighter = sorted(luminance(Color.parse(colour)) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_the_one_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", sorted(THEMES))
def test_every_text_stands_out_from_every_ground(name: str) -> None:
    colours = THEMES[name].to_color_system().generate()
    least = 7 if "contrast" in name else 4.5
    pairs = {(text, ground) for text in OURS for ground in GROUNDS} | PAIRS
    ratios = {f"{text} on {ground}": round(contrast(colours[text], colours[ground]), 2) for text, ground in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < least} == {}


@pytest.mark.parametrize("name", sorted(THEMES))
def test_every_mark_stands_out_from_the_ground_it_is_on(name: str) -> None:
    colours = THEMES[name].to_color_system().generate()
    pairs = {(mark, ground) for mark in MARKS for ground in ("background", "surface")}
    ratios = {f"{mark} on {ground}": round(contrast(colours[mark], colours[ground]), 2) for mark, ground in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 3} == {}


def test_the_sheets_show_text_in_measured_tokens_alone() -> None:
    texts, grounds = values_of("color"), values_of("background") - {"$background 60%"}
    assert texts
    assert grounds
    assert texts <= {f"${name}" for name in (*OURS, *(text for text, _ in PAIRS))}
    assert grounds <= {f"${name}" for name in (*GROUNDS, *(ground for _, ground in PAIRS))}


def test_the_sheets_know_no_colour_but_the_theme_s() -> None:
    values = " ".join(value for _, value in DECLARATION.findall(SHEETS))
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", values)


def test_the_default_is_one_of_them() -> None:
    assert DEFAULT in THEMES
