"""What visitors of other sites see: a form to write to us."""
