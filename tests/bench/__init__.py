"""What things cost on the machine at hand, in seconds of its processors."""
