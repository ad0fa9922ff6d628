"""What is written once for everybody: articles in sections, in several languages."""
