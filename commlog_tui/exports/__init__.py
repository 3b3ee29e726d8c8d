"""Exports of entries as files: CSV, JSON, plain text and PDF."""
