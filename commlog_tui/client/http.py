"""Import httpx without its command line.

The libraries of its command line (click, rich, pygments) take longer to load than all the rest.
"""

import sys
from importlib.util import find_spec

_COMMAND_LINE = "httpx._main"

if _COMMAND_LINE not in sys.modules:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment] # makes its import fail, as httpx expects where it is not installed
import httpx  # noqa: E402 - once its command line is out of the way

if sys.modules[_COMMAND_LINE] is None:
    del sys.modules[_COMMAND_LINE]

_OTHER_LOOPS = "sniffio"
"""Finds out which event loop runs. httpcore tries to import it four times with every request."""
if _OTHER_LOOPS not in sys.modules and find_spec(_OTHER_LOOPS) is None:
    sys.modules[_OTHER_LOOPS] = None  # type: ignore[assignment] # makes its import fail at once, not after looking at every folder

__all__ = ["httpx"]
