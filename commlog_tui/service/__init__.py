"""The log's HTTP API."""
