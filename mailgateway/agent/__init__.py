"""The ledger as leads see it, and the letters behind messages as agents do."""
