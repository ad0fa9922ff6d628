"""Letters in, letters out. See ARCHITECTURE.md."""
