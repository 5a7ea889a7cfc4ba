"""A city with a known truth, made from a seed."""
