"""Files as such: whole or not at all, opened with suspicion, found and told apart."""
