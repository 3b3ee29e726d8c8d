"""The command line, with a service that looks for what waits at once and tries again at once."""

import sys
from datetime import timedelta
from functools import partial

from commlog_tui.cli.app import run
from commlog_tui.service import resend_sender
from commlog_tui.store import resends

if __name__ == "__main__":
    resends.DELAYS = tuple(timedelta(milliseconds=50) for _ in resends.DELAYS)  # type: ignore[misc] # for a loop of kills
    resend_sender.Pace = partial(resend_sender.Pace, 0.05, timedelta(seconds=1))  # type: ignore[misc, assignment] # as above
    sys.argv[0] = "commlog"
    run()
