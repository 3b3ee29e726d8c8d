"""Client side of the HTTP API: calls, errors, live feed and outbox. The only user of httpx."""
