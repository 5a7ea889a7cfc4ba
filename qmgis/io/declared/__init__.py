"""What TOML files may declare, and every fault of theirs: ``city.toml``, layer files, and what they are checked by."""
