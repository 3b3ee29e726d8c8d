"""Files that hold personal data: only their owner can read them, and they are there whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4


def write_private(path: Path, content: bytes) -> None:
    """Write a new file. Raises ``FileExistsError`` where there is one already, and ``OSError``."""
    fresh = path.with_name(f".{path.name[:100]}.{uuid4().hex}")
    try:
        fresh.touch(mode=0o600, exist_ok=False)
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            raise FileExistsError(f"{path} is there already")
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
