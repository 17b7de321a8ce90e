"""What should happen, and which clause says so? Pure."""
