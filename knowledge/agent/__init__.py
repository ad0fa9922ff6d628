"""The pages on which agents write articles."""
