"""The user's folders are those of platformdirs, which is not loaded where they are plainly XDG's."""

import subprocess
import sys

import platformdirs
import pytest

from commlog_tui.configuration import folders

VALUES = [None, "", "relative/folder", "/somewhere/else", "/with a space/", " "]


@pytest.mark.parametrize("xdg", VALUES)
@pytest.mark.parametrize("home", [None, "", "relative", "/home/ada", "/"])
def test_they_are_those_of_platformdirs(home: str | None, xdg: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOME": home, "XDG_CONFIG_HOME": xdg, "XDG_DATA_HOME": xdg}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert folders.config_folder() == platformdirs.user_config_path("commlog")
    assert folders.data_folder() == platformdirs.user_data_path("commlog")
    assert folders.documents_folder() == platformdirs.user_documents_path() / "commlog"


@pytest.mark.skipif(sys.platform != "linux", reason="others have folders of their own")
def test_the_library_is_not_loaded_for_the_settings() -> None:
    program = "import sys; from commlog_tui.configuration.sources import configured; configured()"
    subprocess.run([sys.executable, "-c", f"{program}; assert 'platformdirs' not in sys.modules"], check=True)
