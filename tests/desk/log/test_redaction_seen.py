"""A desk that learns of a redaction keeps no copy on its machine, in files or in saved filters."""

from pathlib import Path

from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.desk.filters import Filters
from commlog_tui.desk.saved_views import SavedView, SavedViews
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry, an_id
from tests.desk.steps import rows, toasts, until

SECRET = "Rosalind Quiver"


def correction(number: int) -> OutboxItem:
    fields = {"title": SECRET}
    return OutboxItem(
        location="demo", action="correction", entry_id=an_id(number), content={"fields": fields}, state="draft"
    )


def redact(log: FakeLog, number: int) -> None:
    gone = {"title": "Redacted", "to": "", "body": None, "customer": None, "code": None, "redacted": True}
    log.entries = [entry.model_copy(update=gone) if entry.id == an_id(number) else entry for entry in log.entries]


async def test_copies_go_when_the_feed_says_so(desk: Open, outbox: Path, tmp_path: Path) -> None:
    log = FakeLog([an_entry(number, title=f"{SECRET} rang" if number == 2 else "Tide") for number in range(1, 4)])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        saved = SavedViews(tmp_path / "desk")
        saved.save("hers", SavedView(Filters(q=SECRET)))
        saved.save("tides", SavedView(Filters(q="tide")))
        stored = correction(1)
        for item in (correction(2), stored):
            Outbox(outbox).save(item)
        (outbox / f"{an_id(2)}.00.damaged").write_text(SECRET)
        redact(log, 2)
        log.tell(next(entry for entry in log.entries if entry.redacted), "redaction")
        await until(pilot, lambda: Outbox(outbox).items() == (stored,))
        await until(pilot, lambda: [*saved.load()] == ["tides"])
        # The copies are also looked for once after the first rows: either may be the one to say it.
        await until(pilot, lambda: all(words in " ".join(toasts(pilot)) for words in ("of the outbox", "“hers”")))
        assert not Outbox(outbox).damaged()


async def test_copies_of_what_was_redacted_meanwhile_go_when_the_desk_starts(desk: Open, outbox: Path) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 4)])
    redact(log, 2)
    Outbox(outbox).save(correction(2))
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await until(pilot, lambda: not Outbox(outbox).items())
