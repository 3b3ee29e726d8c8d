"""The actions of the desk, by topic."""
