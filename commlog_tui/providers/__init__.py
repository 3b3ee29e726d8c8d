"""Delivery providers: their status words, event ids, signatures and causes of failure. Pure."""
