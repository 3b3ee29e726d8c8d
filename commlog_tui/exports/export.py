"""Exports what a query finds, page by page, into a private file that is whole or not there."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from uuid import uuid4

from commlog_tui.exports.formats import EntryWriter, MakeWriter
from commlog_tui.exports.heading import ExportHeading
from commlog_tui.private_files import make_folder, open_private

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.page import Page
    from commlog_tui.contract.query import EntryQuery

_PAGE: Final = 200

Progress = Callable[[int, int], None]
"""Takes the entries written so far and their number, at least."""


class ExportError(Exception):
    """The file cannot be written; the sentence says why. Nothing was left behind."""


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What is exported, how, and to where."""

    location: str
    query: "EntryQuery"
    heading: ExportHeading
    make_writer: MakeWriter
    everything: bool
    """Every field of an entry instead of the table's columns."""
    path: Path
    columns: tuple[str, ...] = ()
    """The table's columns as texts, see ``text.columns``; empty for the usual ones."""
    entries: "tuple[Entry, ...]" = ()
    """What to export instead of what the query finds."""

    async def run(self, client: "LogClient", progress: Progress = lambda _done, _total: None) -> int:
        """Write the file and return how many entries it has. A cancelled export leaves no file.

        Raises:
            ClientError: the service did not answer as hoped.
            ExportError: the file cannot be written, or is there already.
        """
        fresh = self.path.with_name(f".{self.path.name[:100]}.{uuid4().hex}")
        try:
            make_folder(self.path.parent)
            with open_private(fresh, "xb") as file:
                written = await self._write(client, file, progress)
                await asyncio.to_thread(_sync, file)
            if self.path.exists():
                raise ExportError(f"{self.path.name} is there already. Nothing was written; give another name.")
            fresh.replace(self.path)
        except OSError as error:
            raise ExportError(f"The file cannot be written: {error.strerror or error}. Nothing was kept.") from None
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
        return written

    async def _write(self, client: "LogClient", file: IO[bytes], progress: Progress) -> int:
        writer: EntryWriter = self.make_writer(file, self.heading, everything=self.everything, columns=self.columns)
        written, cursor = len(self.entries), None
        if self.entries:
            await asyncio.to_thread(writer.write, self.entries)
            await asyncio.to_thread(writer.finish)
            return written
        while True:
            page: Page = await client.page(self.location, self.query, limit=_PAGE, cursor=cursor)
            await asyncio.to_thread(writer.write, page.entries)
            written += len(page.entries)
            progress(written, max(page.total.count, written))
            if page.older is None:
                break
            cursor = page.older
        await asyncio.to_thread(writer.finish)
        return written


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
