"""The pages say what the program does.

Tables come from the code, pictures exist, links lead somewhere, lines are short.
"""

import re
from pathlib import Path

import pytest

from commlog_tui.contract.entry import NewEntry, Source
from commlog_tui.imports.formats import Format
from docs.make_reference import MAN_PAGE, TABLES, commands, filled, man_page

ROOT = Path(__file__).parents[2]
LONGEST_LANDING_PAGE = 120
LONGEST_LINE = 100
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").rglob("*.md")])
REFERENCE = [*sorted((ROOT / "docs" / "reference").glob("*.md")), ROOT / "docs" / "guide" / "delivery.md"]
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Return the names that a page's headings are linked by."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links() -> list[tuple[Path, str]]:
    return sorted({(page, link) for page in PAGES for link in _LINK.findall(page.read_text(encoding="utf-8"))})


def prose(page: Path) -> list[tuple[int, str]]:
    """Return the numbered lines that are neither code, nor of a table, nor what the program says word for word."""
    code, lines = False, []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = line.lstrip().startswith("```")
        code ^= fence
        if not (code or fence or line.startswith(("|", "> "))):
            lines.append((number, line))
    return lines


@pytest.mark.parametrize("page", REFERENCE, ids=name)
def test_reference_pages_are_what_the_program_defines(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == filled(text), "run: python docs/make_reference.py"


def test_every_generated_table_is_on_a_page() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in REFERENCE)
    assert not [table for table in TABLES if f"<!-- {table} -->" not in text]


def test_the_man_page_is_what_the_program_defines() -> None:
    assert MAN_PAGE.read_text(encoding="utf-8") == man_page(), "run: python docs/make_reference.py"


def test_the_man_page_has_every_command_and_option() -> None:
    page = MAN_PAGE.read_text(encoding="utf-8").replace(r"\-", "-")
    for command, definition in commands():
        assert command in page
        for parameter in definition.params:
            longest = max(parameter.opts, key=len)
            assert longest == "--help" or not longest.startswith("--") or longest in page, f"{command} {longest}"


def test_the_man_page_has_no_control_lines_but_its_own() -> None:
    lines = MAN_PAGE.read_text(encoding="utf-8").splitlines()
    assert {line.split()[0] for line in lines if line.startswith((".", "'"))} <= {".TH", ".SH", ".SS", ".TP", ".B"}


@pytest.mark.parametrize(("page", "link"), links(), ids=lambda part: name(part) if isinstance(part, Path) else part)
def test_every_link_leads_somewhere(page: Path, link: str) -> None:
    if re.match(r"[a-z]+:", link):
        return
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.exists()
    assert not anchor or anchor in anchors(target), f"{name(target)} has no heading for #{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_lines_of_prose_are_short(page: Path) -> None:
    long = [number for number, line in prose(page) if len(line) > LONGEST_LINE]
    assert not long, f"more than {LONGEST_LINE} characters in lines {long}"


def test_the_readme_is_a_landing_page() -> None:
    assert len(README.splitlines()) <= LONGEST_LANDING_PAGE


def test_every_guide_and_reference_page_is_reached_from_the_readme() -> None:
    pages = {name(page) for folder in ("guide", "reference") for page in (ROOT / "docs" / folder).glob("*.md")}
    assert not pages - set(_LINK.findall(README))


def test_every_import_format_is_described() -> None:
    page = (ROOT / "docs" / "reference" / "import-formats.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z][a-z-]+)` \|", page, re.MULTILINE)) == {kind.value for kind in Format}


def test_the_example_of_a_sender_is_a_request_that_the_service_takes() -> None:
    page = (ROOT / "docs" / "guide" / "connecting.md").read_text(encoding="utf-8")
    (content,) = re.findall(r"-d '(.+?)'\n", page, re.DOTALL)
    assert NewEntry.model_validate_json(content).source is not Source.MANUAL
