"""A believable location, made up from a seed."""
