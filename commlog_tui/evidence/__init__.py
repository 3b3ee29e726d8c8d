"""What a log owes its readers: proofs asked of its API, and checked with nothing but the ledger's own arithmetic."""
