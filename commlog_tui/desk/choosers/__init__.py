"""Modal screens that ask one thing: a location, a profile, a proof, saved filters, a word, a yes."""
