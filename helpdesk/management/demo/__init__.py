"""The demo desk: people, places and forty conversations, told as scenes and played by the verbs."""
