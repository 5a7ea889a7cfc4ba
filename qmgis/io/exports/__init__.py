"""Ways to write, one a file."""
