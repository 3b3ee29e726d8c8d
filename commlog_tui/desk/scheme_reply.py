"""A terminal's answer to the question for its background colour (OSC 11), taken out of what is typed."""

import re
from collections.abc import Mapping
from typing import Final

QUESTION: Final = "\x1b]11;?\x1b\\"
_BEGIN: Final = "\x1b]11;rgb"
_END: Final = re.compile("\x07|\x1b\\\\")
_COLOUR: Final = re.compile(r"a?:([0-9A-Fa-f]{1,4})/([0-9A-Fa-f]{1,4})/([0-9A-Fa-f]{1,4})")
_REST: Final = re.compile("^a?:?[0-9A-Fa-f/]{0,19}(\x07|\x1b\\\\)")
"""What follows half an answer."""
_LONGEST: Final = 64
_WEIGHTS: Final = (0.2126, 0.7152, 0.0722)
_NO_ANSWER: Final = frozenset({"", "dumb", "unknown", "linux"})


def may_ask(environment: Mapping[str, str]) -> bool:
    """Return whether a terminal may be asked: not without colours, and not one that shows the question."""
    return not environment.get("NO_COLOR") and environment.get("TERM", "") not in _NO_ANSWER


class SchemeReply:
    """Takes the answer out of the input, however it is cut into pieces. Nothing else is held back for long."""

    def __init__(self) -> None:
        self._held = ""
        """The beginning of what may be an answer."""
        self._ended_with_escape = False
        self._half = ""
        """Half an answer that is not held back any more; its rest may follow."""
        self.is_light: bool | None = None
        """Whether the background is light; None until there is an answer."""

    def feed(self, data: str) -> str:
        """Return what was typed, without an answer."""
        if self._half and data:
            if end := _REST.match(data):
                self._read(self._half[len(_BEGIN) :] + data[: end.start(1)])
                data = data[end.end() :]
            self._half = ""
        is_rest = data.startswith(_BEGIN[1:]) or (len(data) > 1 and _BEGIN[1:].startswith(data))
        if not self._held and self._ended_with_escape and is_rest:
            self._held = _BEGIN[0]  # the piece before ended within the answer; its escape is Escape by now
        text, self._held = self._held + data, ""
        typed: list[str] = []
        while (begin := text.find(_BEGIN)) >= 0:
            typed.append(text[:begin])
            rest = text[begin + len(_BEGIN) :]
            end = _END.search(rest, 0, _LONGEST)
            if end is None and len(rest) < _LONGEST:
                self._held, text = text[begin:], ""
                break
            if end is None:  # no answer after all
                typed.append(_BEGIN)
                text = rest
                continue
            self._read(rest[: end.start()])
            text = rest[end.end() :]
        shown = "".join(typed)
        if not self._held:
            held = next((size for size in range(len(_BEGIN) - 1, 1, -1) if text.endswith(_BEGIN[:size])), 0)
            shown, self._held = shown + text[: len(text) - held], text[len(text) - held :]
        self._ended_with_escape = data.endswith("\x1b") and not self._held
        return shown

    def flush(self) -> str:
        """Return what was held back and is no answer, as nothing followed. Half an answer is dropped."""
        held, self._held = self._held, ""
        self._half = held if held.startswith(_BEGIN) else ""
        return "" if self._half else held

    def _read(self, answer: str) -> None:
        found = _COLOUR.fullmatch(answer) or _COLOUR.match(answer)
        if found:
            parts = (int(part, 16) / (16 ** len(part) - 1) for part in found.groups())
            self.is_light = sum(weight * part for weight, part in zip(_WEIGHTS, parts, strict=True)) > 0.5  # noqa: PLR2004 - half
