"""The conversation and its rules. See ARCHITECTURE.md."""
