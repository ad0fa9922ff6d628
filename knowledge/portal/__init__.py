"""The help pages as readers see them."""
