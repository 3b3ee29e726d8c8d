"""Proof bundles, proof sheets and witnesses, for the desk and the command line."""
