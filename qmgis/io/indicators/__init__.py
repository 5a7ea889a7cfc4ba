"""Layers of indicators into tables: rows, shares and their people, rasters."""
