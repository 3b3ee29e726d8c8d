"""Read settings from flags, environment and file, with the standard library only."""
