"""People and places. See ARCHITECTURE.md."""
