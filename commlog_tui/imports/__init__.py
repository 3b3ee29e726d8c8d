"""Importers: read existing history from files of other systems."""
