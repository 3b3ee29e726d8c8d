"""What is set, and where: read with the standard library alone, as the desk's first frame waits for it."""
