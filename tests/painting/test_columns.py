"""Whatever a title or a name holds, its row stays in its columns, in emulators that count differently."""

from collections.abc import Iterator
from pathlib import Path
from unicodedata import east_asian_width

import pyte.screens
import pytest
from wcwidth import wcwidth

from commlog_tui.text.characters import sort_of
from tests.painting.emulators import PyteTerminal, Text, TmuxTerminal, has_tmux, open_desk

TITLES: dict[str, str] = {
    "spacing marks": "Booking " + "\u0903" * 26 + "✓ delivered",
    "Hangul vowels and finals": "Booking " + "\u1161\u11a8" * 13 + "✓ delivered",
    "more Hangul parts": "Booking \u1112\u1161\u11ab\ud7b0\ud7cb\u302e\u302f",
    "combining storm": "Z" + "\u0300\u0351\u0363\u036f" * 200,
    "enclosing marks": "a\u20dd\u20e3b" * 9,
    "Hindi": "राधिका शर्मा की बुकिंग पुष्टि",
    "Tamil": "கவிதா ராமசாமி முன்பதிவு",
    "Thai": "ยืนยันการจอง ที่ท่าเรือ",
    "Khmer": "ស្ត្រី ការបញ្ជាក់",
    "Burmese": "မြို့တော် ကြွေး",
    "Arabic": "تأكيد الحجز مُحَمَّد",
    "Hebrew": "אישור הזמנה שָׁלוֹם",
    "Korean": "예약 확인 한국어",
    "Chinese": "預訂確認 漢字テスト",
    "Cyrillic": "Подтверждение бронирования",
    "ambiguous": "°±×÷→←…·–—“”§®αβγ①②③■□",  # noqa: RUF001 - every one of them
    "emoji family": "👨\u200d👩\u200d👧\u200d👦 boat",
    "skin tones": "👍🏽👍🏿🏽 ok",
    "flags": "🇬🇧🇳🇿🇬 boat",
    "selectors": "❤\ufe0f☎\ufe0e 1\ufe0f\u20e3 漢\U000e0100",
    "tags": "🏴\U000e0067\U000e0062\U000e007f",
    "fillers": "a\u115fb\u1160c\u3164d\uffa0e\u2800f",
    "grapheme joiner": "a\u034f" * 20,
    "zero width": "pay\u200bpal\u2060\ufeff\u200d\u200c.example",
    "direction": "invoice\u202efdp.exe\u2066a\u2069",
    "prefixed marks": "\u0600123\u06dd456",
    "half and full width": "ｱｲｳ ＷＫ\u3000x",  # noqa: RUF001 - on purpose
    "newer emoji": "🫨🪿🫶 trigram ☰䷀",
    "plain": "Booking Reminder",
}
NAMES = {"राधिका शर्मा", "கவிதா", "สมชาย", "မြို့", "Zoë Quay", "김민수", "👍🏽 Kim", "محمد", "…·°"}
TEXTS: list[Text] = [(title, sorted(NAMES)[number % len(NAMES)]) for number, title in enumerate(TITLES.values())]


def generous(character: str) -> int:
    """Count as a terminal that gives cells freely.

    To vowel signs, and two to all whose width is ambiguous.
    """
    if sort_of(character) == "spacing":
        return 1
    return 2 if east_asian_width(character) == "A" else wcwidth(character)


@pytest.fixture(params=["pyte", "generous pyte", "tmux"])
def emulator(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    kind: str = request.param
    if kind == "generous pyte":
        monkeypatch.setattr(pyte.screens, "wcwidth", generous)
        return "pyte"
    if kind == "tmux" and not has_tmux():
        pytest.fail("tmux is not installed: what it paints cannot be tested. Install tmux and run this again.")
    return kind


@pytest.fixture(params=[(80, 40), (140, 40)], ids=["80", "140"])
def desk(request: pytest.FixtureRequest, emulator: str, tmp_path: Path) -> Iterator[PyteTerminal | TmuxTerminal]:
    terminal = open_desk(emulator, TEXTS, request.param, tmp_path)
    yield terminal
    terminal.close()


def statuses(lines: list[str]) -> list[str]:
    """What stands under ``Status`` in every row."""
    first, heading = next((number, line) for number, line in enumerate(lines, 1) if "Status" in line and "Date" in line)
    at = heading.index("Status")
    return [line[at : at + 9] for line in lines[first : first + len(TEXTS)]]


def test_every_status_is_seen_and_in_its_column(desk: PyteTerminal | TmuxTerminal) -> None:
    lines = desk.until(lambda lines: f"{len(TEXTS)} of {len(TEXTS)}" in " ".join(lines))
    assert statuses(lines) == ["✗ bounced"] * len(TEXTS)
    for key in "j" * 28 + "y":
        desk.type(key)
    lines = desk.until(lambda lines: "clipboard" in " ".join(lines))  # the copy is told once every row was drawn anew
    assert statuses(lines) == ["✗ bounced"] * len(TEXTS)
