"""Index methods, one a file."""
