"""Which messages a booking of the demo location should get.

All rules count from the booking's start, which the 18 generated months do not state: nothing is
reported as missing from them.
"""

from typing import Final

from commlog_tui.demo import LOCATION
from commlog_tui.expectations.rules_file import Rules, parse_rules

_TOML: Final = f"""
[[{LOCATION}]]
kind = "confirmation"
before_start = "2 hours"

[[{LOCATION}]]
kind = "reminder"
before_start = "24 hours"
unless = "booked later than that"

[[{LOCATION}]]
kind = "survey"
after_end = "20 hours"
lasts = "3 hours"
"""


def demo_rules() -> Rules:
    """Return the rules of the demo location."""
    return parse_rules(_TOML, "the demo's rules")
