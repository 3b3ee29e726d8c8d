"""The child's side: ask a service for its newest page, and print it."""

import asyncio
import gc
import json
import os
import sys


def main() -> None:
    """Look once, as told on standard input."""
    orders = json.loads(sys.stdin.read())
    gc.disable()  # it ends before there is any
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # they are looked for among all that is installed
    sys.stdout.write(asyncio.run(_look(**orders)))
    sys.stdout.flush()
    os._exit(0)  # taking everything apart would only hold up the desk


async def _look(service: str, token: str, location: str, page_size: str) -> str:
    from commlog_tui.client.errors import ClientError
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.contract.query import EntryQuery

    client = LogClient(service, token or _kept(service))
    try:
        known = [location] if location else [one.id for one in (await client.me()).locations]
        if len(known) != 1:
            return ""  # which one is to be opened is asked at the desk
        place, page = await asyncio.gather(
            client.location(known[0]), client.page(known[0], EntryQuery(), limit=int(page_size))
        )
    except ClientError:
        return ""
    return f'{{"page": {page.model_dump_json()}, "zone": {json.dumps(place.location.zone)}}}'


def _kept(service: str) -> str:
    from commlog_tui.cli.credentials import find_token

    return find_token(service) or ""


if __name__ == "__main__":
    main()
