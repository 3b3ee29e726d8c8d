"""``python -m tests.bench.verify [MONTHS]``.

How fast a log is verified, beside plain SHA-256 over the same bytes.
"""

import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from commlog_tui.demo import LOCATION
from commlog_tui.demo.load import fill
from commlog_tui.ledger.verifier import Verifier
from commlog_tui.store.sqlite import auditing

ROUNDS = 3


def measured(path: Path) -> tuple[int, float, float]:
    """Return how many records there are, and the seconds of processor time to verify and to hash them."""
    with auditing.opened(path) as connection:
        ((number, _, count),) = auditing.locations(connection)
        verifying, hashing = [], []
        for _ in range(ROUNDS):
            begun = process_time()
            verifier = Verifier(LOCATION)
            for rows in auditing.batches(connection, number):
                verifier.check(rows)
            auditing.finish(connection, number, verifier)
            verifying.append(process_time() - begun)
            assert (verifier.records, verifier.faults) == (count, [])
            spoken = [
                part
                for rows in auditing.batches(connection, number)
                for row in rows
                for part in (row[1], row[3] or b"")
            ]
            begun = process_time()
            for part in spoken:
                sha256(part).digest()
            hashing.append(process_time() - begun)
        return count, min(verifying), min(hashing)


def main() -> None:
    months = int(sys.argv[1]) if len(sys.argv) > 1 else 18
    with TemporaryDirectory() as folder:
        path = Path(folder) / "demo.db"
        begun = process_time()
        fill(path, months=months)
        filling = process_time() - begun
        count, verifying, hashing = measured(path)
    sys.stdout.write(
        f"{count:,} records; made at {count / filling:,.0f} a second\n"
        f"verified at {count / verifying:,.0f} a second on one core\n"
        f"plain SHA-256 over the same bytes: {count / hashing:,.0f} a second; ratio {verifying / hashing:.1f}\n"
    )


if __name__ == "__main__":
    main()
