"""Ways to read, one a file."""
