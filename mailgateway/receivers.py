"""History → letters in the tray."""
