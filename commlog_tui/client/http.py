"""Import httpx without its command line.

The libraries of its command line (click, rich, pygments) take longer to load than all the rest.
"""

import sys

_COMMAND_LINE = "httpx._main"

if _COMMAND_LINE not in sys.modules:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment] # makes its import fail, as httpx expects where it is not installed
import httpx  # noqa: E402 - once its command line is out of the way

if sys.modules[_COMMAND_LINE] is None:
    del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
