"""Runs one server for a run of the tests, until the last process that uses it has ended.

Started with the name of a FIFO, which every user keeps open for writing: at its end nobody is left,
in whatever way they ended. Prints a line of JSON once the server is ready.
"""

import json
import signal
import sys
from pathlib import Path

from tests.postgresql.binaries import NoServerError
from tests.postgresql.cluster import Cluster


def main(fifo: Path) -> None:
    """Run a server until the FIFO ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the tests, and the FIFO then ends this
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    cluster = None
    try:
        cluster = Cluster.create()
        cluster.start()
        cluster.create_owner()
        sys.stdout.write(json.dumps({"folder": str(cluster.folder), "password": cluster.password}) + "\n")
        sys.stdout.flush()
        with fifo.open("rb") as users:
            users.read()
    except NoServerError as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
    finally:
        if cluster is not None:
            cluster.remove()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
