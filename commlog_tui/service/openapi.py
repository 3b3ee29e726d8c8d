"""``python -m commlog_tui.service.openapi``: print the API's description for docs/openapi.json."""

import json
import sys
from typing import cast

from commlog_tui.service.app import create_app
from commlog_tui.store.protocol import Store


def document() -> str:
    """Return the OpenAPI document as text; making it asks nothing of a store."""
    return json.dumps(create_app(cast("Store", None)).openapi(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
