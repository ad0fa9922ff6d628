"""What `desk up` and the tests bring where the machine has none. Knows no app of the house."""
