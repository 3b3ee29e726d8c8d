"""The long forms: ``python -m tests.prove [--only NAME ...] [--seed N] [--count N]``.

Prints the table of docs/guide/evidence.md.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

from tests.prove import (
    clock,
    desk_kill,
    figures,
    full_disk,
    hook_kill,
    machine,
    order,
    power_cut,
    server_kill,
    service_kill,
    work_kill,
)
from tests.prove.figures import Proof

PROOFS: Final[tuple[Proof, ...]] = (
    power_cut.PROOF,
    service_kill.PROOF,
    server_kill.PROOF,
    hook_kill.PROOF,
    desk_kill.PROOF,
    work_kill.PROOF,
    order.PROOF,
    full_disk.PROOF,
    clock.PROOF,
    machine.PROOF,
)


def main() -> int:
    """Run the loops and print what they found; 1 where something is not as promised."""
    names = [proof.name for proof in PROOFS]
    parser = argparse.ArgumentParser(
        prog="python -m tests.prove", description="Prove at length what the tests prove in short."
    )
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="the loops to run; by default all")
    parser.add_argument("--seed", type=int, default=1, help="for the dice of every loop")
    parser.add_argument("--count", type=int, help="how often, instead of each loop's own count")
    asked = parser.parse_args()
    all_as_hoped = True
    _say(figures.heading())
    for proof in PROOFS:
        if proof.name not in asked.only:
            continue
        began = monotonic()
        with TemporaryDirectory(prefix="commlog-prove-") as folder:
            for found in proof.run(Path(folder), asked.seed, asked.count or proof.count):
                _say(figures.line(found, asked.seed, monotonic() - began))
                began = monotonic()
                all_as_hoped &= found.as_hoped
                for fault in () if found.is_control else found.faults[:20]:
                    sys.stderr.write(f"{found.run}: {fault}\n")
    return 0 if all_as_hoped else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
