"""Which optional packages proof sheets need, and what to say where they are not installed."""

from functools import lru_cache
from importlib.util import find_spec
from typing import Final

_PACKAGES: Final = ("fpdf", "fontTools", "uharfbuzz", "manimgx_fonts")
_EXTRA: Final = "the extra proof; pip install 'commlog[proof,cjk]' installs it."
HOW_TO_INSTALL: Final = f"Proof sheets need {_EXTRA}"
HOW_TO_INSTALL_PDF: Final = f"PDF needs {_EXTRA}"


@lru_cache(maxsize=1)
def has_proof_extra() -> bool:
    """Return whether the packages that draw proof sheets are installed. Imports none of them."""
    return all(find_spec(package) is not None for package in _PACKAGES)
