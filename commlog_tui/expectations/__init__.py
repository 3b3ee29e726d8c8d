"""What every booking should get, and what is missing. Pure: no clock, no files, no network."""
