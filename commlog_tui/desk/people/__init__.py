"""Guests at the desk: who they are, what is recorded about them, and who is calling."""
