"""In short what ``python -m tests.prove --only server-kill`` does at length."""

from pathlib import Path

import pytest

from tests.postgresql.binaries import NoServerError
from tests.prove.server_kill import run

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="/proc tells which processes there are")


def test_nothing_acknowledged_is_lost_and_the_harness_would_see_it(tmp_path: Path) -> None:
    try:
        killed, cut, control = run(tmp_path, 1, 4)
    except NoServerError as error:
        pytest.skip(f"PostgreSQL: {error}")
    for findings in (killed, cut):
        assert (findings.lost, findings.doubled, findings.faults) == (0, 0, ()), findings
        assert findings.acknowledged
    assert control.is_control
    assert control.lost, "with synchronous_commit = off the harness sees what is lost"
