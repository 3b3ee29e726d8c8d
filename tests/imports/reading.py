"""Reading a text as a file of some format."""

from pathlib import Path

from commlog_tui.imports.formats import READERS, Format, detect
from commlog_tui.imports.items import ImportOptions, Item, Outcome, Progress, Refusal


def read(
    path: Path, content: str | bytes, plan: ImportOptions | None = None, kind: Format | None = None
) -> list[Outcome]:
    """Return what the reader of a file with this content gives."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    plan = plan or ImportOptions()
    return list(READERS[kind or detect(path, plan)](path, plan, Progress()))


def item(outcome: Outcome) -> Item:
    assert isinstance(outcome, Item), outcome
    return outcome


def reason(outcome: Outcome) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.reason
