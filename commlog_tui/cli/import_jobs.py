"""What an import reads: files, those together that may tell of the same messages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commlog_tui.imports.formats import Format
    from commlog_tui.imports.items import ImportOptions, Outcome
    from commlog_tui.imports.items import Progress as Reading


@dataclass(frozen=True)
class Job:
    """A file to read, with others of the same form."""

    path: Path
    kind: "Format"
    refused: Path
    others: tuple[Path, ...] = ()
    """Further files of the same form that may tell of the same messages."""

    @property
    def name(self) -> str:
        """What to call it."""
        return f"{self.path.name}{''.join(f' and {other.name}' for other in self.others)}"

    def read(self, options: "ImportOptions", progress: "Reading") -> "Iterator[Outcome]":
        """Give what the reader makes of it."""
        from commlog_tui.imports import formats

        if joined := formats.JOINED.get(self.kind):
            return joined((self.path, *self.others), options, progress)
        return formats.READERS[self.kind](self.path, options, progress)

    @property
    def size(self) -> int:
        """How many bytes are read."""
        from commlog_tui.imports import formats

        return sum(map(formats.size_of, (self.path, *self.others)))


def joined(jobs: Sequence[Job], options: "ImportOptions") -> list[Job]:
    """Return the jobs, those made one whose files may tell of the same messages and look alike."""
    from commlog_tui.imports import formats

    together: dict[object, Job] = {}
    for number, job in enumerate(jobs):
        form: object = number
        if job.kind in formats.JOINED:
            form = (job.kind, formats.header_text(job.path, job.kind, options))
        first = together.setdefault(form, job)
        if first is not job:
            together[form] = replace(first, others=(*first.others, job.path))
    return list(together.values())
