"""What the tests of the printed script share."""

from pathlib import Path

import pytest

from tests.docs.agreement import Judges


@pytest.fixture
def judges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judges:
    """The script and the program, where nothing is known of any log."""
    monkeypatch.setenv("COMMLOG_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("COMMLOG_DATA", str(tmp_path / "data"))
    return Judges(tmp_path)
