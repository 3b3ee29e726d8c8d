"""Data models of the HTTP API: requests, responses, and the rules both sides share. No I/O."""
