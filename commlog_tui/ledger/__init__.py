"""What makes the record evidence: canonical form and leaf hashes. Pure."""
