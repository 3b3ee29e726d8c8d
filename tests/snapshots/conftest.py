"""The same desk as the screens' tests have, at the same moment."""

from tests.desk.conftest import desk, now, outbox

__all__ = ["desk", "now", "outbox"]
