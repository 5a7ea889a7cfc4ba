"""Printed cells into values: numbers, ids, days, words, and what none of them is."""
