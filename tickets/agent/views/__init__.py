"""Pages, one file for what they are about."""
