"""What people and mail servers may call from a shell."""
