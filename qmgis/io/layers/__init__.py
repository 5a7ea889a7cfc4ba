"""Layers with a place: areas, points, programme areas, networks, crosswalks, and what they owe each other."""
