"""What is measured on.

A made-up location, its service, its newest entries, and where the programs keep their things.
"""

import asyncio
import csv
import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.entry import EntryDetail
from commlog_tui.contract.query import EntryQuery
from commlog_tui.demo import file_name
from commlog_tui.demo.load import fill
from commlog_tui.text.details import detail_lines
from commlog_tui.text.rows import cells
from tests.bench.terminal import DrawnScreen, Program

PAGE: Final = 50
ROWS: Final = 600
_UNTIL: Final = date(2026, 11, 3)
_ZONE: Final = ZoneInfo("Europe/London")
_WIDTH: Final = 42
_ID: Final = re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{15}")
_PEERS: Final = Path(__file__).with_name("peers")


@dataclass(frozen=True)
class Scene:
    """A running service and the newest entries of its log, newest first."""

    folder: Path
    service: EmbeddedService
    details: tuple[EntryDetail, ...]

    @property
    def rows(self) -> Path:
        """A file of the rows and details, as peers of ours show them."""
        return self.folder / "rows.json"

    def desk(self, base_url: str | None = None) -> Program:
        """Start the desk on the running service."""
        service = {"COMMLOG_SERVICE": base_url or self.service.base_url, "COMMLOG_TOKEN": self.service.token}
        return Program([sys.executable, "-m", "commlog_tui"], self.environment | service)

    def embedded_desk(self) -> Program:
        """Start the desk with a service of its own."""
        return Program([sys.executable, "-m", "commlog_tui", "demo"], self.environment)

    def own_peer(self, name: str, *arguments: object) -> Program:
        """Start one of the small programs to compare with."""
        return Program([sys.executable, str(_PEERS / f"{name}.py"), *map(str, arguments)], self.environment)

    def others_peer(self, *argv: object) -> Program:
        """Start somebody else's program."""
        return Program([str(part) for part in argv], self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """Variables that keep a program's things in the scene's folder."""
        home = str(self.folder)
        folders = {f"XDG_{name}_HOME": f"{home}/{name.lower()}" for name in ("CONFIG", "STATE", "CACHE", "DATA")}
        return {"HOME": home, "COMMLOG_DATA": home, **folders}

    def entry_on(self, screen: DrawnScreen) -> int:
        """Return which entry the cursor and the detail agree on, from 0.

        -1 where they don't, or on none.
        """
        found = _ID.findall("\n".join(screen.lines))
        return self._agreed(screen, next((self._by_id[one] for one in found if one in self._by_id), -1))

    def _agreed(self, screen: DrawnScreen, number: int) -> int:
        if number < 0:
            return -1
        clock, title = self.row_words(number)
        x = next((line.find(clock) for line in screen.lines if clock in line and title in line), -1)
        return number if x >= 0 and any(clock in line and title in line for line in screen.lit(x)) else -1

    def row_words(self, number: int) -> tuple[str, str]:
        """Return what a row has in every table.

        Its local time of day, and the beginning of its title.
        """
        row = cells(self.details[number].entry, _ZONE)
        return f"{row['Date'][-5:]} ", row["Title"][:8]

    def rows_by_title(self, screen: DrawnScreen) -> bool:
        """Whether most lines are rows of the newest entries, in any order."""
        titles = {detail.entry.title[:8] for detail in self.details[:PAGE]}
        rows = sum(any(title in line for title in titles) for line in screen.lines)
        return rows > len(screen.lines) // 2

    @cached_property
    def _by_id(self) -> dict[str, int]:
        return {detail.entry.id[:24]: number for number, detail in enumerate(self.details)}

    def first_row(self, screen: DrawnScreen) -> bool:
        """Whether the newest entry's row is shown."""
        return any(all(word in line for word in self.row_words(0)) for line in screen.lines)


@contextmanager
def scene(log: Path) -> Iterator[Scene]:
    """Set up the scene on a log file, made first where it is missing."""
    if not log.exists():
        log.parent.mkdir(parents=True, exist_ok=True)
        fresh = log.with_suffix(".making")
        fresh.unlink(missing_ok=True)
        fill(fresh, seed=1, until=_UNTIL)
        fresh.replace(log)
    with TemporaryDirectory() as made:
        folder = Path(made)
        (folder / file_name()).symlink_to(log)
        service = EmbeddedService(log)
        try:
            ready = Scene(folder, service, asyncio.run(_details(service)))
            _write(ready)
            yield ready
        finally:
            service.close()


async def _details(service: EmbeddedService) -> tuple[EntryDetail, ...]:
    client, cursor = LogClient(service.base_url, service.token), None
    found: list[EntryDetail] = []
    try:
        place = (await client.me()).locations[0].id
        while len(found) < ROWS:
            page = await client.page(place, EntryQuery(), limit=200, cursor=cursor)
            found += [await client.detail(place, entry.id) for entry in page.entries]
            cursor = page.older
    finally:
        await client.aclose()
    return tuple(found)


def _write(ready: Scene) -> None:
    """Write the rows as peers read them: JSON with details, CSV, and a database of one table."""
    shown = [cells(detail.entry, _ZONE) for detail in ready.details]
    texts = [[line.text for line in detail_lines(detail, _ZONE, datetime.now(UTC), _WIDTH)] for detail in ready.details]
    rows = [{"cells": [*row.values()], "detail": text} for row, text in zip(shown, texts, strict=True)]
    ready.rows.write_text(json.dumps(rows), encoding="utf-8")
    with (ready.folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*shown[0]], *([*row.values()] for row in shown[:PAGE])])
    columns = ", ".join(f'"{name}"' for name in shown[0])
    with closing(sqlite3.connect(ready.folder / "rows.sqlite")) as database:
        database.execute(f"CREATE TABLE entries ({columns})")
        database.executemany(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", [[*row.values()] for row in shown[:PAGE]]
        )
        database.commit()
    (ready.folder / "requests").mkdir()
    _write_log_and_mail(ready)


def _write_log_and_mail(ready: Scene) -> None:
    """Write the rows as a log file for lnav, and as mail for aerc, with the account that reads it."""
    entries = [detail.entry for detail in ready.details[:PAGE]]
    lines = [f"{one.sent_at:%Y-%m-%dT%H:%M:%S} {one.via} {one.title} to {one.to}\n" for one in reversed(entries)]
    (ready.folder / "rows.log").write_text("".join(lines), encoding="utf-8")
    inbox, settings = ready.folder / "mail" / "INBOX", ready.folder / "config" / "aerc"
    for folder in (settings, *(inbox / name for name in ("cur", "new", "tmp"))):
        folder.mkdir(parents=True)
    for number, one in enumerate(entries):
        heads = (
            f"Subject: {one.title}",
            f"Date: {one.sent_at:%a, %d %b %Y %H:%M:%S +0000}",
            f"Message-ID: <{one.id}@a>",
        )
        text = "\n".join(("From: desk@example.com", "To: guest@example.com", *heads, "", one.body or ""))
        (inbox / "cur" / f"{one.sent_at:%s}.{number}.a:2,").write_text(text, encoding="utf-8")
    account = f"[desk]\nsource = maildir://{inbox.parent}\nfrom = desk@example.com\ndefault = INBOX\n"
    (settings / "accounts.conf").write_text(account, encoding="utf-8")
    (settings / "accounts.conf").chmod(0o600)
