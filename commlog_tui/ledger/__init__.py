"""Tamper evidence: canonical form, Merkle tree, proofs, signed checkpoints, verifier. No I/O."""
