"""What makes the record evidence: canonical form, Merkle tree, proofs, signed checkpoints. Pure."""
