"""Models need no plugins of pydantic, nor what looks for them."""

import os
import subprocess
import sys

import pytest

_SCRIPT = """
import sys
from commlog_tui.contract.location import Locations
Locations.model_validate_json('{"locations": []}')
print("importlib.metadata" in sys.modules)
"""


@pytest.mark.parametrize(("disabled", "is_loaded"), [("__all__", "False"), ("", "True")])
def test_plugins_are_looked_for_only_where_they_may_be_used(disabled: str, is_loaded: str) -> None:
    environment = os.environ | {"PYDANTIC_DISABLE_PLUGINS": disabled}
    done = subprocess.run([sys.executable, "-c", _SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == is_loaded
